/**
 * Every form of notification, in the order in which they are tried. A form is added by a row in `forms/`, a fixture of
 * its name in `fixtures/notifications/`, and its line in `docs/notifications.md`.
 */
import { matches } from './form.ts';
import { BATCH_FORMS } from './forms/batch-operations.ts';
import { BY_HAND_FORMS } from './forms/by-hand.ts';
import { CLOUDTRAIL_FORMS } from './forms/cloudtrail.ts';
import { ENVELOPE_FORMS } from './forms/envelopes.ts';
import { EVENTBRIDGE_FORMS } from './forms/eventbridge.ts';
import { S3_FORMS } from './forms/s3.ts';
import { STEP_FUNCTIONS_FORMS } from './forms/step-functions.ts';

export const FORMS = [
  ...S3_FORMS,
  ...ENVELOPE_FORMS,
  ...EVENTBRIDGE_FORMS,
  ...CLOUDTRAIL_FORMS,
  ...BATCH_FORMS,
  ...STEP_FUNCTIONS_FORMS,
  ...BY_HAND_FORMS,
];

export type AnyForm = (typeof FORMS)[number];
export type FormName = AnyForm['name'];

/** The first form whose pattern the value matches. */
export function recognise(value: unknown): AnyForm | undefined {
  return FORMS.find((form) => matches(form.pattern, value));
}
