/** What the runs of a machine's host have there now, and what the log of that host says of it at its end. Pure. */
import type { OpenElsewhere } from '../wire/open-elsewhere.ts';

/** A run of the host. */
interface UsingRun {
  /** Of another host, which has opened it for sessions that find no place there. */
  readonly sessionsOnly: boolean;
  readonly hub: { readonly holding: { readonly sessions: number; readonly untold: number } };
}

export interface HostUse {
  /** Of runs that other hosts have opened; undefined: nothing. */
  readonly elsewhere: OpenElsewhere | undefined;
  /** Runs that end with the host, and their sessions. One that another host has opened goes on without what it has not open. */
  readonly runs: number;
  readonly sessions: number;
}

export function useOf(runs: Iterable<UsingRun>): HostUse {
  const used = [...runs].filter(
    ({ sessionsOnly, hub: { holding } }) => !sessionsOnly || holding.sessions + holding.untold > 0,
  );
  const elsewhere = used.filter(({ sessionsOnly }) => sessionsOnly);
  return {
    elsewhere: elsewhere.length === 0 ? undefined : { runs: elsewhere.length, sessions: sessionsOf(elsewhere) },
    runs: used.length,
    sessions: sessionsOf(used),
  };
}

function sessionsOf(runs: readonly UsingRun[]): number {
  return runs.reduce((sum, { hub }) => sum + hub.holding.sessions, 0);
}

export interface HostEnding extends Pick<HostUse, 'runs' | 'sessions'> {
  /** Names that are held or waited for by the tests of any host of this machine. */
  readonly leases: number;
  /** It has left: other hosts had time to end what they had there. */
  readonly left: boolean;
  /** Default: `carpool stop`. */
  readonly by: NodeJS.Signals | undefined;
}

/** A line for the log. */
export function endingText({ runs, sessions, leases, left, by }: HostEnding): string {
  const cause = `by ${by ?? '`carpool stop`'}`;
  if (runs === 0 && leases === 0)
    return `the host of this machine ${left ? 'has left' : 'ends'} in order, ${cause}: no test uses it`;
  const open = [count(runs, 'run'), count(sessions, 'session'), count(leases, 'lease')];
  return `the host of this machine ends, ${cause}, with ${open.join(', ')}: the tests that use it fail`;
}

function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`;
}
