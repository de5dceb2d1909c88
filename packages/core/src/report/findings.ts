/** What is worth a look in a run, as sentences, the most serious first. Pure. */
import { deadlockOf, waitOf } from './analyse.ts';
import type { ChildLife, Entry, Merged } from './entries.ts';
import type { RecordedRun } from './recorded-run.ts';
import type { ShownState } from './selection.ts';
import { countText, numberText, timeText } from './units.ts';

export interface Finding {
  readonly level: 'error' | 'warning' | 'note';
  readonly text: string;
  /** What it is about. */
  readonly entry?: Entry | undefined;
  readonly child?: ChildLife | undefined;
  readonly state?: ShownState | undefined;
}

/** Children that are named. */
const most = 5;
/** Milliseconds from which a wait is worth a sentence. */
const noticeable = 100;

export function findingsOf(run: Merged, runs: readonly RecordedRun[]): Finding[] {
  return [
    ...failures(run),
    ...deadlocks(run.entries),
    ...children(run.children),
    ...lost(run.entries),
    ...waits(run.entries),
    ...gaps(runs),
  ];
}

function failures({ entries }: Merged): Finding[] {
  const failed = entries.filter(({ state }) => state === 'failed');
  const tests = new Set(failed.map(({ run, title, file }) => JSON.stringify([run, title, file]))).size;
  if (failed.length === 0) return [];
  return [{ level: 'error', text: `${countText(tests, 'test')} that had a session failed`, state: 'failed' }];
}

/** Each is told at the call that would have waited for ever. */
function deadlocks(entries: readonly Entry[]): Finding[] {
  const all = entries.flatMap((entry) => {
    const cycle = deadlockOf(entry.event);
    return cycle === undefined ? [] : [{ entry, cycle }];
  });
  const named = all.slice(0, most).map(({ entry, cycle }): Finding => ({
    level: 'error',
    text: `A deadlock: ${cycle.join('; ')}`,
    entry,
  }));
  const rest = all.length - named.length;
  return rest === 0 ? named : [...named, { level: 'error', text: `${countText(rest, 'other deadlock')}` }];
}

function children(lives: readonly ChildLife[]): Finding[] {
  const ended = lives.filter(({ event }) => event.failure !== undefined);
  const named = ended.slice(0, most).map((child): Finding => {
    const { pid, failure = '', pool } = child.event;
    const name = pid === undefined ? 'A child' : `Child ${pid}`;
    return {
      level: 'error',
      text: `${name} of pool ${pool} failed after ${timeText(child.over - child.since)}: ${failure}`,
      child,
    };
  });
  const rest = ended.length - named.length;
  if (rest === 0) return named;
  return [...named, { level: 'error', text: `${countText(rest, 'other child', 'other children')} failed, too` }];
}

function lost(entries: readonly Entry[]): Finding[] {
  const none = Map.groupBy(
    entries.filter(({ state, event }) => state === 'none' && deadlockOf(event) === undefined),
    ({ of }) => of,
  );
  const calls = [...none].map(([of, all]): Finding => ({
    level: 'warning',
    text: `${countText(all.length, 'call')} for ${of} got nothing`,
    state: 'none',
    entry: all[0],
  }));
  const unconfirmed = entries.filter(({ state }) => state === 'unconfirmed');
  if (unconfirmed.length === 0) return calls;
  const text = `The end of ${countText(unconfirmed.length, 'session')} was not confirmed in time, so its slot was not used again`;
  return [...calls, { level: 'warning', text, entry: unconfirmed[0] }];
}

function waits(entries: readonly Entry[]): Finding[] {
  const longest = entries.reduce<Entry | undefined>(
    (most, one) => (one.waited > (most?.waited ?? 0) ? one : most),
    undefined,
  );
  if (longest === undefined || longest.waited < noticeable) return [];
  const sum = entries.reduce((total, { event }) => total + waitOf(event), 0);
  const text = `The longest wait was ${timeText(longest.waited)}, for ${longest.of}; all waits together took ${timeText(sum)}`;
  return [{ level: 'note', text, entry: longest }];
}

function gaps(runs: readonly RecordedRun[]): Finding[] {
  return runs.flatMap(({ header: { pid }, ended, dropped }): Finding[] => [
    ...(ended
      ? []
      : [{ level: 'warning' as const, text: `Host ${pid} goes on, or was killed: what was open then is missing` }]),
    ...(dropped > 0
      ? [
          {
            level: 'warning' as const,
            text: `${numberText(dropped)} events of host ${pid} did not fit, and are missing`,
          },
        ]
      : []),
  ]);
}
