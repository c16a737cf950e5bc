/** What the operating system says of a path: "EACCES: permission denied", without the path that Node's messages end in. */
export function systemProblem(error: unknown): string {
  const { message, syscall } = error as NodeJS.ErrnoException;
  const end = syscall === undefined ? -1 : message.indexOf(`, ${syscall}`);
  return end < 0 ? message : message.slice(0, end);
}
