/** `coverage`: which calls, types of resources and services are tagged, and with which permissions. */
import { coverage } from '../../coverage/coverage.ts';
import type { CommandCall } from '../command.ts';
import { writeEventLines, writeServiceLines } from '../coverage/coverage-json.ts';
import { eventsText, servicesText } from '../coverage/coverage-text.ts';
import { findCoverage } from '../coverage/find-coverage.ts';
import type { Ending } from '../endings.ts';

export async function run({ args, options, terminal }: CommandCall): Promise<Ending> {
  const { print, columns } = terminal;
  const [name] = args;
  const services = coverage();
  if (name === undefined) {
    if (options.json) writeServiceLines(services, print);
    else print(servicesText(services, columns));
    return 'done';
  }
  const found = findCoverage(name, services);
  if (options.json) writeEventLines(found, print);
  else print(eventsText(found, columns));
  return 'done';
}
