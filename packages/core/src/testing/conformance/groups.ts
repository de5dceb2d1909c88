/**
 * What is looked at on one process, and what on another. Groups run together: a suite takes about two starts of the
 * process, whatever it looks at. Within a group the checks follow one another, those last that leave the process unusable.
 *
 *   one at a time   start · sessions, large messages · end of input · started twice more, for garbage
 *   side by side    start · many sessions · killed, start · a request that is given up
 *   hanging         start · stopped, start
 */
import type { PoolOptions } from '../../pool/options.ts';
import type { Messages } from '../../protocol/protocol.ts';
import { bounded } from './bounded.ts';
import { endOfInput, endsWithInput, givesUp, isMissed, isReplaced, takesLarge } from './faults.ts';
import { garbage } from './garbage.ts';
import { confirms, forgets, interleaves, keepsApart, many, opens } from './sessions.ts';
import { SharedPool } from './shared-pool.ts';
import type { Check, ProtocolSubject } from './subject.ts';

interface Group {
  readonly options: Partial<PoolOptions<Messages>>;
  readonly checks: readonly Check[];
}

const groups: readonly Group[] = [
  {
    options: { maxSessions: 1, stopTimeout: endOfInput },
    checks: [opens, confirms, forgets, takesLarge, endsWithInput, garbage],
  },
  {
    options: { maxSessions: many, children: 1, recycleAfter: Number.POSITIVE_INFINITY },
    checks: [keepsApart, interleaves, isReplaced, givesUp],
  },
  {
    options: { maxSessions: 1, closeTimeout: 500, probeTimeout: 500 },
    checks: [isMissed],
  },
];

/** In the order in which tests are declared. */
export const checks: readonly Check[] = [
  opens,
  confirms,
  keepsApart,
  forgets,
  interleaves,
  givesUp,
  takesLarge,
  isReplaced,
  isMissed,
  endsWithInput,
  garbage,
];

/** What came of a check. */
export type Outcome = { readonly finding: string | undefined } | { readonly thrown: unknown };

/** Each check once, in as few processes as it takes. */
export class Round {
  readonly #subject: ProtocolSubject;
  readonly #outcomes = new Map<Check, Outcome>();

  constructor(subject: ProtocolSubject) {
    this.#subject = bounded(subject);
  }

  /** Resolves when all checks, or those of the group of one, are over, and their processes have ended. */
  async run(only?: Check): Promise<void> {
    const chosen = groups.filter((group) => only === undefined || group.checks.includes(only));
    if (this.#subject.oneAtATime === true) for (const group of chosen) await this.#runGroup(group);
    else await Promise.all(chosen.map((group) => this.#runGroup(group)));
  }

  /** Of a check that has been run. */
  outcomeOf(check: Check): Outcome {
    const outcome = this.#outcomes.get(check);
    if (outcome === undefined) throw new Error(`It was not looked at whether ${check.title}`);
    return outcome;
  }

  async #runGroup({ options, checks: own }: Group): Promise<void> {
    const pool = new SharedPool(this.#subject, options);
    for (const check of own) this.#outcomes.set(check, await this.#outcome(check, pool));
    await pool.close();
  }

  async #outcome(check: Check, pool: SharedPool): Promise<Outcome> {
    const unlooked = check.unlooked?.(this.#subject);
    if (unlooked !== undefined) return { finding: unlooked };
    let outcome: Outcome;
    try {
      outcome = { finding: await check.run(this.#subject, pool) };
    } catch (thrown) {
      outcome = { thrown };
    }
    await pool.settle('thrown' in outcome);
    return outcome;
  }
}
