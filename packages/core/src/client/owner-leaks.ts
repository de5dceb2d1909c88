/** What a test has left behind in its sessions: found at its end, or later, by calls that come then. */
import { CarpoolError, type CallSite } from '../base/errors.ts';
import { callerLocation, nameOf, type HolderLabel } from '../base/holder-label.ts';
import type { UserSession } from '../session/session.ts';

/** Calls after their end that one file tells of its tests. */
const mostLate = 10;

interface Leak {
  /** "a loop that waits for events of session s7 of pool "echo"" */
  readonly what: string;
  readonly site: CallSite;
  readonly holder: HolderLabel;
  /** As `PoolOptions` has it. */
  readonly leaks: 'warn' | 'fail';
}

export interface OwnerLeaksOptions {
  readonly holder: HolderLabel;
  /** Of the file around a test. */
  readonly outer: OwnerLeaks | undefined;
  /** Takes the failure of the test or the file. */
  readonly fail: (error: CarpoolError) => void;
  /** Takes lines for the summary of the run. */
  readonly warn: (lines: readonly string[]) => void;
}

/** Of one owner. */
export class OwnerLeaks {
  readonly #options: OwnerLeaksOptions;
  /** Of its tests. */
  readonly #late: Leak[] = [];
  #over = false;

  constructor(options: OwnerLeaksOptions) {
    this.#options = options;
  }

  /** The owner ends. @param sessions of a test that has passed: loops of one that was cut short are none of its mistakes */
  end(sessions: Iterable<UserSession>): void {
    this.#over = true;
    const { holder } = this.#options;
    const loops = [...sessions].flatMap((session) => {
      const { leaks, id, pool } = session;
      if (leaks === false || session.closeReason !== undefined) return [];
      const what = `a loop that waits for events of session ${id} of pool "${pool}"`;
      return session.loops.map((site): Leak => ({ what, site, holder, leaks }));
    });
    this.#tell(
      loops,
      ({ what }, more) =>
        `The test has left behind ${what}${more}: leave the loop, or end its session (\`await using\`), before the test ends`,
    );
    this.#tell(
      this.#late.splice(0),
      (leak, more) => `A test of this file went on after its end: ${lineOf(leak)}${more}; await what it begins`,
    );
  }

  /** A call of the test after its end. The end of its file tells it, or where that is over, a warning. */
  late({ leaks, id, pool }: UserSession, called: string, site: CallSite): void {
    if (leaks === false) return;
    const { outer, holder } = this.#options;
    const leak: Leak = {
      what: `called ${called} in session ${id} of pool "${pool}" after its end`,
      site,
      holder,
      leaks,
    };
    if (outer === undefined || outer.#over) this.#options.warn([lineOf(leak)]);
    else if (outer.#late.length < mostLate) outer.#late.push(leak);
  }

  #tell(found: readonly Leak[], messageOf: (first: Leak, more: string) => string): void {
    const failing = found.filter(({ leaks }) => leaks === 'fail');
    const [first, ...others] = failing;
    if (first !== undefined) {
      const message = messageOf(first, others.length === 0 ? '' : ` (and ${others.length} more)`);
      const context = { leaks: failing.map(lineOf) };
      this.#options.fail(new CarpoolError('SESSION_LEAKED', message, { site: first.site, context }));
    }
    const lines = found.filter(({ leaks }) => leaks === 'warn').map(lineOf);
    if (lines.length > 0) this.#options.warn(lines);
  }
}

function lineOf({ what, site, holder }: Leak): string {
  return `test ${nameOf({ ...holder, takenAt: callerLocation(site) }, 'without a name')}: ${what}`;
}
