/**
 * The failures of all children of a pool, and whether it may start another one. They count for the pool and not for each
 * child: all children run the same program, so what one of them cannot do, the others cannot do either, and a program that
 * does not start is tried three times, and not three times on each child.
 */
import { CarpoolError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { noop } from '../base/noop.ts';
import { Quantiles } from '../base/quantiles.ts';
import type { PoolSettings } from './options.ts';
import { RestartPolicy, type LifeKind } from './restart.ts';

export class ChildFailures {
  readonly #pool: string;
  readonly #clock: Clock;
  readonly #policy: RestartPolicy;
  readonly #told: (error: CarpoolError) => void;
  /** How the last one failed that was told, until a child has started. */
  #lastTold: string | undefined;
  #last: CarpoolError | undefined;
  readonly #starts = new Quantiles();

  /** @param told takes what children fail with: starts that fail in the same way, once in a row */
  constructor({ name, restarts }: PoolSettings, clock: Clock, told: (error: CarpoolError) => void = noop) {
    this.#pool = name;
    this.#clock = clock;
    this.#told = told;
    this.#policy = new RestartPolicy(restarts);
  }

  /** Failures since the beginning. */
  get total(): number {
    return this.#policy.total;
  }

  /** What the last one failed with. */
  get last(): CarpoolError | undefined {
    return this.#last;
  }

  /** The median, in milliseconds, of the times after which a child could serve. Undefined: none could, or none has said so. */
  get startTime(): number | undefined {
    return this.#starts.count === 0 ? undefined : Math.round(this.#starts.at(0.5));
  }

  /** @param time milliseconds after which it could serve; undefined: that is not known */
  started(time: number | undefined): void {
    if (time !== undefined) this.#starts.add(time);
    this.#policy.started();
    this.#lastTold = undefined;
  }

  failed(phase: 'start' | LifeKind, error: CarpoolError): void {
    this.#policy.failed(phase, this.#clock.now(), hopeless(error));
    this.#last = error;
    const way = `${phase} ${error.code}`;
    if (this.#lastTold === way) return;
    this.#lastTold = way;
    this.#told(error);
  }

  /** Earlier failures no longer count. */
  reset(): void {
    this.#policy.resetFailures();
  }

  /** POOL_GAVE_UP, if no more children are started. */
  gaveUp(): CarpoolError | undefined {
    const why = this.#policy.givesUp(this.#clock.now());
    if (why === undefined) return undefined;
    const message = `Cannot register a session: pool "${this.#pool}" starts no more children, because ${why.replace(` of pool "${this.#pool}"`, '')}`;
    const context = { pool: this.#pool, failures: this.#policy.total };
    // What the config did wrong has been shown in full, by the first test: not once for each test of the run.
    if (this.#last !== undefined && isOfStart(this.#last.context))
      return new CarpoolError('POOL_GAVE_UP', message, { context, blame: 'setup' });
    return new CarpoolError('POOL_GAVE_UP', message, {
      context,
      evidence: this.#last?.evidence ?? {},
      cause: this.#last,
    });
  }
}

/** `start` of a server's config failed. */
function isOfStart({ path }: CarpoolError['context']): boolean {
  return path === 'start';
}

/** The beginning of a sentence in half a sentence. */
function firstLine(message: string): string {
  const [line = ''] = message.split('\n', 1);
  return line;
}

/** A child that waits for something after another hello than the expected one will do so each time: each costs `helloTimeout`. */
function hopeless({ code, context, message }: CarpoolError): string | undefined {
  if (code === 'CHILD_NOT_READY') return isOfStart(context) ? firstLine(message) : 'it was not ready in time';
  if (code !== 'CHILD_NO_HELLO' || typeof context['came'] !== 'number' || context['came'] === 0) return undefined;
  return 'what it said was not the hello that the protocol expects';
}
