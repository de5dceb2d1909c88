/** How a child ended, and the words for it. */

export type ExitStatus =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string; readonly by?: 'carpool' };

/** A predicate for a sentence whose subject is the child: "exited with code 3". */
export function describeExit(status: ExitStatus): string {
  switch (status.kind) {
    case 'exited':
      return `exited with code ${showCode(status.code)}`;
    case 'signalled':
      if (status.by === 'carpool') return `was ended by Carpool with ${status.signal}`;
      return `was killed by ${status.signal}${suspects.get(status.signal) ?? ''}`;
  }
}

const suspects: ReadonlyMap<string, string> = new Map([
  ['SIGKILL', ' (out of memory?)'],
  ['SIGSEGV', ' (it crashed: memory access)'],
  ['SIGBUS', ' (it crashed: memory access)'],
  ['SIGILL', ' (it crashed: illegal instruction; built for another processor?)'],
  ['SIGABRT', ' (it gave up: a failed assertion or a panic?)'],
  ['SIGPIPE', ' (it wrote to a pipe that has no reader)'],
]);

function showCode(code: number): string {
  // Windows reports exceptions as codes that are known in hexadecimal: 0xC0000005, not 3221225477.
  if (code > 0xffff) return `0x${code.toString(16).toUpperCase()}`;
  if (code === 126) return '126 (to a shell: found, but not executable)';
  if (code === 127) return '127 (to a shell: command not found)';
  if (code > 128 && code <= 128 + 31) return `${code} (to a shell: killed by signal ${code - 128})`;
  return String(code);
}
