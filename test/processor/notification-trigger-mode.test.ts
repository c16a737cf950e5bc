import { describe, expect, test } from '@jest/globals';
import { FORMS } from '../../processor/notification/forms.ts';
import { readInvocation } from '../../processor/notification/read-invocation.ts';
import { TRIGGER_MODES } from '../../processor/notification/trigger-mode.ts';
import { file, fixture, inSqs, LOG, s3Event } from './notification-fixtures.ts';

const OWN = { autoTagger: { kind: 'file' } };
const SINGLE = TRIGGER_MODES.filter((mode) => mode !== 'auto');

describe('TRIGGER_MODE', () => {
  test.each(FORMS.map((form) => form.name))(
    '%s is taken by its own callers and refused by all others',
    (name) => {
      const { caller, form, units } = readInvocation(fixture(name));
      const allowed = FORMS.find((row) => row.name === form)?.callers ?? [];
      const isOurs = units.every((unit) => unit.tasks.every((task) => task.kind === 'retry'));
      expect(allowed).toContain(caller);
      const isMixed = name === 'records';
      for (const mode of SINGLE) {
        const read = () => readInvocation(fixture(name), mode);
        if ((allowed.includes(mode) && !isMixed) || isOurs) expect(read().units).toEqual(units);
        else expect(read).toThrow(`TRIGGER_MODE is ${mode}, and this came as ${form} from ${caller}`);
      }
    },
  );

  test('looks at the outermost form only', () => {
    expect(readInvocation(inSqs(s3Event(LOG)), 'sqs').units[0]?.tasks).toEqual([file(LOG)]);
    expect(() => readInvocation(inSqs(s3Event(LOG)), 's3')).toThrow(
      expect.objectContaining({ name: 'InvocationError', code: 'OtherTrigger' }),
    );
  });

  test('never keeps our own messages from coming back', () => {
    const { units } = readInvocation(inSqs(OWN, s3Event(LOG)), 's3');
    expect(units).toEqual([
      { id: 'message-0', tasks: [{ kind: 'retry', message: OWN }] },
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
