/** What a test has left behind in its sessions: found at its end, or later, by calls that come then. */
import { CarpoolError, type CallSite } from '../base/errors.ts';
import { nameOf, type HolderLabel } from '../base/holder-label.ts';
import type { UserSession } from '../session/session.ts';
import { LeakLines, lineOf, type Leak } from './leak-lines.ts';

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
  /** Of a file: what its tests have left behind, of the test that makes a call. Undefined: no test does, or it is not known. */
  caller: () => OwnerLeaks | undefined = () => undefined;
  readonly #options: OwnerLeaksOptions;
  /** Of its tests, until it ends. */
  #late = new Found();
  /** The same after its end: each kind is told once, at once. */
  readonly #afterwards = new LeakLines();
  #over = false;

  constructor(options: OwnerLeaksOptions) {
    this.#options = options;
  }

  /** The owner ends. @param sessions of a test that has passed: loops of one that was cut short are none of its mistakes */
  end(sessions: Iterable<UserSession>): void {
    this.#over = true;
    const { holder } = this.#options;
    const loops = new Found();
    for (const session of sessions) {
      const { leaks, id, pool } = session;
      if (leaks === false || session.closeReason !== undefined) continue;
      const what = `a loop that waits for events of session ${id} of pool "${pool}"`;
      for (const site of session.loops) loops[leaks].add({ what, site, holder, leaks });
    }
    this.#tell(
      loops,
      ({ what }, more) =>
        `The test has left behind ${what}${more}: leave the loop, or end its session (\`await using\`), before the test ends`,
    );
    const late = this.#late;
    this.#late = new Found();
    this.#tell(
      late,
      (leak, more) => `A test of this file went on after its end: ${lineOf(leak)}${more}; await what it begins`,
    );
  }

  /** A call in a session of the test after its end. The end of its file tells it, or where that is over, a warning. */
  late({ leaks, id, pool }: UserSession, called: string, site: CallSite): void {
    if (leaks === false) return;
    const { outer, holder } = this.#options;
    const call = `called ${called} in session ${id} of pool "${pool}" after its end`;
    const caller = outer?.caller();
    // Whose mistake it is, that it was kept or that it was used, is not known, and so it fails nothing.
    const leak: Leak =
      caller === undefined || caller === this
        ? { what: call, site, holder, leaks }
        : {
            what: `used a session of test ${nameOf({ test: holder.test }, 'without a name')}: ${call}`,
            site,
            holder: caller.#options.holder,
            leaks: 'warn',
          };
    if (outer !== undefined && !outer.#over) outer.#late[leak.leaks].add(leak);
    else if ((outer ?? this).#afterwards.add(leak)) this.#options.warn([lineOf(leak)]);
  }

  #tell({ fail, warn }: Found, messageOf: (first: Leak, more: string) => string): void {
    const { first, more } = fail;
    if (first !== undefined) {
      const message = messageOf(first, more === 0 ? '' : ` (and ${more} more)`);
      const context = { leaks: fail.lines() };
      this.#options.fail(new CarpoolError('SESSION_LEAKED', message, { site: first.site, context }));
    }
    const lines = warn.lines();
    if (lines.length > 0) this.#options.warn(lines);
  }
}

class Found {
  readonly fail: LeakLines = new LeakLines();
  readonly warn: LeakLines = new LeakLines();
}
