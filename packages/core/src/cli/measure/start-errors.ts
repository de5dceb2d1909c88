/** Why a command cannot be measured, and what to change. */
import { CarpoolError } from '../../base/errors.ts';
import type { Tail } from '../../base/tail.ts';
import type { Child } from '../../process/child.ts';
import { describeExit, type ExitStatus } from '../../process/exit.ts';
import type { Readiness } from './readiness.ts';

export interface Attempt {
  readonly command: readonly string[];
  readonly readiness: Readiness;
  readonly child: Child;
  readonly stdout: Tail;
}

export function exitedTooEarly(attempt: Attempt, exit: ExitStatus): CarpoolError {
  const { readiness, child } = attempt;
  const before = readiness.kind === 'output' && readiness.pattern !== undefined ? `, and ${missing(readiness)}` : '';
  return failure('CHILD_EXITED', attempt, {
    what: `it ${describeExit(exit)} ${Math.round(child.age())} ms after its start${before}`,
    advice: 'Give a command that starts and stays, or one that ends with code 0',
  });
}

export function notReadyInTime(attempt: Attempt, timeout: number): CarpoolError {
  const { readiness } = attempt;
  return failure('CHILD_NO_HELLO', attempt, {
    what: `it was not ready within ${Math.round(timeout)} ms: ${missing(readiness)}`,
    advice: `${remedy(readiness)}; for a slower start raise --timeout`,
  });
}

function missing(readiness: Readiness): string {
  if (readiness.kind === 'exit') return 'it did not end';
  const { pattern } = readiness;
  return pattern === undefined ? 'it wrote nothing to stdout or stderr' : `no output matched ${pattern.source}`;
}

function remedy(readiness: Readiness): string {
  if (readiness.kind === 'exit') return 'If it stays, leave out --until-exit';
  return readiness.pattern === undefined
    ? 'If it waits for a message first, describe it as a pool in a config and give --pool'
    : 'Correct --ready, which is compared with stdout and with stderr, each by itself';
}

interface Reason {
  readonly what: string;
  readonly advice: string;
}

function failure(code: 'CHILD_EXITED' | 'CHILD_NO_HELLO', attempt: Attempt, { what, advice }: Reason): CarpoolError {
  const { command, child, stdout } = attempt;
  return new CarpoolError(code, `Cannot measure \`${command.join(' ')}\`: ${what}. ${advice}`, {
    context: { command },
    evidence: { stdout: stdout.text(), stderr: child.stderrTail() },
  });
}
