/** A deployment that is restricted to one caller takes its events, our own messages, and nothing else. */
import { describe, expect, test } from '@jest/globals';
import { TRIGGER_MODES } from '../../../processor/notification/callers.ts';
import { FORMS } from '../../../processor/notification/forms.ts';
import { readInvocation } from '../../../processor/notification/read-invocation.ts';
import { file, fixture, inQueue, inSqs, LOG, OWN_QUEUE, QUEUES, s3Event, tasksById } from './fixtures.ts';

const OWN = { autoTagger: { kind: 'file' } };
const SINGLE = TRIGGER_MODES.filter((mode) => mode !== 'auto');

describe('TRIGGER_MODE', () => {
  test.each(FORMS.map((form) => form.name))(
    '%s is taken by its own callers and refused by all others',
    (name) => {
      const { caller, form, items } = readInvocation(fixture(name), 'auto', QUEUES);
      const allowed = FORMS.find((row) => row.name === form)?.callers ?? [];
      const isOurs = items.every((item) => item.tasks.every((task) => task.kind === 'own-message'));
      expect(allowed).toContain(caller);
      const isMixed = name === 'records';
      for (const mode of SINGLE) {
        const read = () => readInvocation(fixture(name), mode, QUEUES);
        if ((allowed.includes(mode) && !isMixed) || isOurs) expect(read().items).toEqual(items);
        else expect(read).toThrow(`TRIGGER_MODE is ${mode}, and this came as ${form} from ${caller}`);
      }
    },
  );

  test('looks at the outermost form only', () => {
    expect(readInvocation(inSqs(s3Event(LOG)), 'sqs').items[0]?.tasks).toEqual([file(LOG)]);
    expect(() => readInvocation(inSqs(s3Event(LOG)), 's3')).toThrow(
      expect.objectContaining({ name: 'InvocationError', code: 'OtherTrigger' }),
    );
  });

  test('never keeps our own messages from coming back', () => {
    const { items } = readInvocation(inQueue(OWN_QUEUE, OWN, s3Event(LOG)), 's3', QUEUES);
    expect(tasksById(items)).toEqual([
      { id: 'message-0', tasks: [{ kind: 'own-message', message: OWN }] },
      {
        id: 'message-1',
        tasks: [{ kind: 'unreadable', message: expect.stringContaining('TRIGGER_MODE is s3') }],
      },
    ]);
  });

  test('tells who reads the answer where a form may come from several', () => {
    const key = fixture('key');
    expect(readInvocation(key).caller).toBe('manual');
    expect(readInvocation(key, 'step-functions').caller).toBe('step-functions');
    expect(readInvocation(key, 'eventbridge').caller).toBe('eventbridge');
  });
});
