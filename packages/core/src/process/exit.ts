/** How a child ended, and its English. */

export type ExitStatus =
  /** The first news of a death, before the system has told more: the pipe broke, its output ended. */
  | { readonly kind: 'lost'; readonly news: string }
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string; readonly by?: 'carpool' }
  | { readonly kind: 'not-started'; readonly reason: string };

/** A predicate for a sentence whose subject is the child: "exited with code 3". */
export function describeExit(status: ExitStatus): string {
  switch (status.kind) {
    case 'lost':
      return `was lost: ${status.news}`;
    case 'not-started':
      return `was not started: ${status.reason}`;
    case 'exited':
      return `exited with code ${showCode(status.code)}`;
    case 'signalled':
      if (status.by === 'carpool') return `was ended by Carpool with ${status.signal}`;
      return `was killed by ${status.signal}${suspects.get(status.signal) ?? ''}`;
  }
}

/**
 * The better of two reports of one death. A later one replaces an earlier one only if it says something more specific:
 * an exit code replaces a broken pipe, never the other way round.
 */
export function moreSpecific(earlier: ExitStatus | undefined, later: ExitStatus): ExitStatus {
  return earlier === undefined || rank(later) > rank(earlier) ? later : earlier;
}

function rank(status: ExitStatus): number {
  switch (status.kind) {
    case 'lost':
      return 0;
    case 'exited':
      return 1;
    case 'signalled':
      return status.by === undefined ? 1 : 2;
    case 'not-started':
      return 3;
  }
}

const suspects: ReadonlyMap<string, string> = new Map([
  ['SIGKILL', ' (out of memory?)'],
  ['SIGSEGV', ' (it crashed: memory access)'],
  ['SIGBUS', ' (it crashed: memory access)'],
  ['SIGILL', ' (it crashed: illegal instruction; built for another processor?)'],
  ['SIGABRT', ' (it gave up: a failed assertion or a panic?)'],
  ['SIGPIPE', ' (it wrote to a pipe that nobody reads)'],
]);

function showCode(code: number): string {
  // Windows reports exceptions as codes like 0xC0000005; nobody recognises 3221225477.
  if (code > 0xffff) return `0x${code.toString(16).toUpperCase()}`;
  if (code === 126) return '126 (to a shell: found, but not executable)';
  if (code === 127) return '127 (to a shell: command not found)';
  if (code > 128 && code <= 128 + 31) return `${code} (to a shell: killed by signal ${code - 128})`;
  return String(code);
}
