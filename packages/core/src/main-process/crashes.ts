/** What happens to a run in which a shared worker has crashed: it fails, as in AVA, whether or not a test has noticed. */
import type { CarpoolError } from '../base/errors.ts';

/** What the runner prints; empty if nothing has crashed. */
export function crashText(crashes: readonly CarpoolError[]): string {
  const causes = crashes.map(({ message }) => message.replace(/^The /, 'the '));
  return causes.map((cause) => `carpool: The run fails because ${cause}\n`).join('');
}

/**
 * Prints it on stderr, and lets this process end with an exit code other than 0. For runners whose teardown cannot fail the
 * run: if it throws, they write no results.
 */
export function failRun(crashes: readonly CarpoolError[]): void {
  if (crashes.length === 0) return;
  process.stderr.write(crashText(crashes));
  // Also where the runner calls `process.exit(0)`.
  process.once('exit', () => (process.exitCode ||= 1));
}
