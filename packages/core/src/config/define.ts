/** The shape of a config file, and the types that flow from it into tests. */
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import type { Session } from '../session/session.ts';
import type { SharedWorkerSource, SharedWorkersConfig } from './define-shared-worker.ts';
import type { PoolOptions } from '../pool/options.ts';

/** What `carpool.config.ts` exports by default. */
export interface Config extends SharedWorkersConfig {
  /** Pools by name; every name is a fixture in tests. */
  readonly pools?: Readonly<Record<string, PoolOptions<Messages>>>;
}

/** What the compiler infers a type from it does not look at for options that do not exist: this makes it. */
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

/** Returns its argument; it is there for the types. The config is validated when the host loads it. */
export function defineConfig<const C extends Config>(config: C & NoOthers<C>): C {
  return config;
}

/** The names of a config's pools. */
export type PoolNames<C extends Config> = C extends { readonly pools: infer P } ? keyof P & string : never;

type MessagesOf<P> =
  P extends PoolOptions<infer M extends Messages> ? (Messages extends M ? AnyMessages : M) : AnyMessages;

/** The session that a pool of a config gives to a test. */
export type SessionOf<C extends Config, Name extends PoolNames<C>> = C extends { readonly pools: infer P }
  ? Name extends keyof P
    ? Session<MessagesOf<P[Name]>>
    : never
  : never;
