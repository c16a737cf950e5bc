/**
 * Does the name of a role session name a person? Whoever assumes a role chooses the session's name: people's
 * tools put an e-mail address or a user name there, machines an instance id, a time, a random id or their own
 * name. There is no sure way to tell; in doubt it is no person, and the role is named instead.
 */

const E_MAIL = /^[^@\s]+@[^@\s]+$/;

/** `jane`, `jane.doe`, `Jane-Doe2`: words of letters, with a short number at most. */
const NAME = /^\p{L}+(?:[._-]\p{L}+){0,3}\d{0,3}$/u;

/** Sessions that look like a name and are none. */
const MACHINES: readonly RegExp[] = [
  /^i-[0-9a-f]+$/, // an instance profile's session is the instance id
  /^[0-9a-f]{8,}$/i, // random hexadecimal: ECS tasks have 32 digits
  /^(AWS|Amazon|Auto|Cloud|Code|Config|Lambda|Elastic|Event|Backup|SageMaker|StepFunctions|SecurityHub)/, // services
  /^(aws|boto|terraform|pulumi|ansible|jenkins|gitlab|github|spacelift|packer)/i, // tools
  /session|deploy|pipeline|runner|build|lambda|function|service|bot$/i, // what tools and functions are called
];

export function isPersonalName(session: string): boolean {
  if (E_MAIL.test(session)) return true;
  return NAME.test(session) && !MACHINES.some((machine) => machine.test(session));
}
