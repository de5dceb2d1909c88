/** How the shards of a run have ended, and what that makes of the run. */
import { constants } from 'node:os';

export interface ShardOutcome {
  /** "2/4" */
  readonly name: string;
  /** Absent: it was not started. */
  readonly end?: ShardEnd | undefined;
}

export interface ShardEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** `--bail` has ended it: that is no failure of its own. */
  readonly stopped: boolean;
}

export function failed({ end }: ShardOutcome): boolean {
  return end !== undefined && !end.stopped && (end.code !== 0 || end.signal !== null);
}

/** As in shells: of a signal 128 and its number. */
export function exitCodeOf({ code, signal }: Pick<ShardEnd, 'code' | 'signal'>): number {
  return signal === null ? (code ?? 1) : 128 + constants.signals[signal];
}

/**
 * 0 if all have ended with that; else that of the first by its number that has not.
 * @param interrupted by which signal, if shards have not been started because of it
 */
export function joinedExitCode(outcomes: readonly ShardOutcome[], interrupted?: NodeJS.Signals): number {
  const first = outcomes.find(failed)?.end;
  if (first !== undefined) return exitCodeOf(first);
  const incomplete = outcomes.some(({ end }) => end === undefined || end.stopped);
  return incomplete && interrupted !== undefined ? exitCodeOf({ code: null, signal: interrupted }) : 0;
}

/** Which shards have failed, and which were not run to their end because of it. Undefined: all have passed. */
export function failureLine(outcomes: readonly ShardOutcome[]): string | undefined {
  const failures = outcomes.filter(failed);
  const stopped = outcomes.filter(({ end }) => end?.stopped === true);
  const missing = outcomes.filter(({ end }) => end === undefined);
  const rest = [
    ...(stopped.length === 0 ? [] : [`stopped: ${namesOf(stopped)}`]),
    ...(missing.length === 0 ? [] : [`not started: ${namesOf(missing)}`]),
  ];
  if (failures.length + rest.length === 0) return undefined;
  const named = failures.flatMap(({ name, end }) => (end === undefined ? [] : `${name} (${howEnded(end)})`)).join(', ');
  const what = `${failures.length} of ${outcomes.length} shards failed${named === '' ? '' : `: ${named}`}`;
  return [what, ...rest].join('; ');
}

/** "exit code 1", "SIGKILL" */
export function howEnded({ code, signal }: Pick<ShardEnd, 'code' | 'signal'>): string {
  return signal ?? `exit code ${code ?? 1}`;
}

function namesOf(outcomes: readonly ShardOutcome[]): string {
  return outcomes.map(({ name }) => name).join(', ');
}
