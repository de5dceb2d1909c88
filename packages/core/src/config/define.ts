/** What a config file exports, and the types that follow from it in tests. */
import { CarpoolError } from '../base/errors.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import type { Session } from '../session/types.ts';
import type { LocksConfig } from './define-lock.ts';
import type { Redact } from './define-redact.ts';
import type { SharedWorkerSource, SharedWorkersConfig } from './define-shared-worker.ts';
import type { PoolOptions } from '../pool/options.ts';
import type { Reach } from '../reach/types.ts';

/** The default export of `carpool.config.ts`. */
export interface Config extends SharedWorkersConfig, LocksConfig {
  /** Pools by name; each name is a fixture of tests. */
  readonly pools?: Readonly<Record<string, PoolOptions<Messages>>>;
  /**
   * Which host serves the run: one of its own, or the one of this machine, which all runs of this user share that say so:
   * docs/machine.md.
   * @defaultValue 'run'
   */
  readonly host?: 'run' | 'machine';
  /**
   * What the hosts of a run on several machines share, for the scope `reach`: what `nats()` of `@carpool/nats` returns, say.
   * docs/reach.md. Default: nothing.
   */
  readonly reach?: Reach | undefined;
  /**
   * Keeps what `carpool report` shows of the last runs, in `node_modules/.cache/carpool/runs` of the project.
   * @defaultValue true
   */
  readonly report?: boolean | undefined;
  /**
   * Keeps every message of every session of the last runs, for `carpool transcript`: docs/transcript.md. The environment
   * decides over it: `CARPOOL_TRANSCRIPT=1`, `=0`, or a folder for them.
   * @defaultValue false
   */
  readonly transcript?: boolean | undefined;
  /**
   * What tests leave behind, and Carpool has to end: an end that the child does not confirm, a loop that still waits for events
   * of a session, a message after the end of the test. `warn`: a warning at the end of the run names the test and the place.
   * `fail`: the test fails, with SESSION_LEAKED; or its file, where the test is over. `false`: neither. A pool may have one of
   * its own. docs/runners.md.
   * @defaultValue 'warn'
   */
  readonly leaks?: 'warn' | 'fail' | false | undefined;
  /**
   * What errors, and the evidence of failing tests, show as `[redacted]`: by default what stands under names such as
   * `password`, `apiKey` and `authorization`, and what looks like a secret. It changes nothing of what is sent. `false`:
   * everything is shown. docs/errors.md.
   */
  readonly redact?: Redact | undefined;
}

/** Where the compiler infers a type it accepts unknown options; this makes them errors. */
interface NoOthers<C extends Config> {
  readonly pools?: {
    readonly [Name in keyof C['pools']]: {
      readonly [Key in Exclude<keyof C['pools'][Name], keyof PoolOptions>]: never;
    };
  };
  readonly sharedWorkers?: {
    readonly [Name in keyof C['sharedWorkers']]: {
      readonly [
        Key in Exclude<keyof C['sharedWorkers'][Name], keyof SharedWorkerSource | keyof URL | keyof string>
      ]: never;
    };
  };
}

/**
 * Returns its argument: it gives the config its type. The host checks the config when it loads it.
 * @throws CarpoolError CONFIG_INVALID for anything but an object
 * @example export default defineConfig({ pools: { echo: { command: 'node', args: ['echo.js'] } } });
 */
export function defineConfig<const C extends Config>(config: C & NoOthers<C>): C {
  const given: unknown = config;
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return config;
  const found = typeof given === 'function' ? 'a function' : Array.isArray(given) ? 'a list' : String(given);
  const allowed = 'an object: { pools?, sharedWorkers?, locks?, host?, reach?, report?, transcript?, leaks?, redact? }';
  throw new CarpoolError('CONFIG_INVALID', `Cannot define a config: found ${found}; allowed: ${allowed}`, {
    context: { found, allowed },
  });
}

/** The names of a config's pools. */
export type PoolNames<C extends Config> = C extends { readonly pools: infer P } ? keyof P & string : never;

type MessagesOf<P> =
  P extends PoolOptions<infer M extends Messages> ? (Messages extends M ? AnyMessages : M) : AnyMessages;

/** The type of the `params` that the sessions of a pool take. */
export type ParamsOf<C extends Config, Name extends PoolNames<C>> = C extends { readonly pools: infer P }
  ? Name extends keyof P
    ? MessagesOf<P[Name]>['params']
    : never
  : never;

/** The type of a pool's sessions. */
export type SessionOf<C extends Config, Name extends PoolNames<C>> = C extends { readonly pools: infer P }
  ? Name extends keyof P
    ? Session<MessagesOf<P[Name]>>
    : never
  : never;
