/** The one place where a project says which config its tests use. */
import type { PoolOptions } from '../pool/options.ts';
import type { Config } from './define.ts';

/**
 * Names your config for the types of `withPools()`, `register` and `carpool` in every adapter. Write it once, in a file
 * `carpool.d.ts` beside the config:
 *
 * @example
 * import type config from './carpool.config.ts';
 *
 * declare module 'carpool' {
 *   interface Register {
 *     readonly config: typeof config;
 *   }
 * }
 */
export interface Register {}

/** Without an augmentation every name may be a pool, and its messages are not typed. */
export interface UnknownConfig {
  readonly pools: Readonly<Record<string, PoolOptions>>;
}

/** The config that `Register` names. */
export type RegisteredConfig = Register extends { readonly config: infer C extends Config } ? C : UnknownConfig;
