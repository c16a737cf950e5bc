/**
 * A bound on connections that are open and unused, over all hosts. Node has one for each host only, and a process may have
 * too many hosts for that: it would run out of file descriptors.
 */
import type { Agent, ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';

/** Of more than `max`, the one that has been idle the longest is closed. Returns the agent. */
export function boundIdle<Kind extends Agent>(agent: Kind, max: number): Kind {
  const idle = new Set<Duplex>(); // also closed ones, until they are the oldest
  const { keepSocketAlive, reuseSocket } = agent;
  return Object.assign(agent, {
    keepSocketAlive(socket: Duplex) {
      const isKept: unknown = keepSocketAlive.call(agent, socket); // Node's types do not know that it answers
      if (isKept === false) return isKept;
      idle.add(socket);
      const [oldest] = idle;
      if (idle.size > max && oldest !== undefined) {
        idle.delete(oldest);
        oldest.destroy();
      }
      return true;
    },
    reuseSocket(socket: Duplex, request: ClientRequest) {
      idle.delete(socket);
      reuseSocket.call(agent, socket, request);
    },
  });
}
