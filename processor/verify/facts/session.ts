/** Whether somebody is the function itself, as far as IAM can tell. */

/** `arn:aws:sts::111122223333:assumed-role/name/session` is one of `arn:aws:iam::111122223333:role/path/name`. */
export function isSessionOf(role: string | undefined, caller: string): boolean {
  if (role === undefined) return false;
  const [account, name] = [role.split(':')[4], role.split('/').at(-1)];
  return caller.split(':')[4] === account && caller.includes(`:assumed-role/${name}/`);
}
