/** The names of all options of a pool, for pools that no schema of the config checks. */
import { OptionNames } from '../base/option-names.ts';
import type { PoolOptions } from './options.ts';

// The compiler keeps it complete.
const names: Readonly<Record<keyof PoolOptions | 'name', true>> = {
  name: true,
  command: true,
  identity: true,
  args: true,
  cwd: true,
  env: true,
  inheritEnv: true,
  installHint: true,
  stdio: true,
  codec: true,
  protocol: true,
  children: true,
  sessionsPerChild: true,
  maxSessions: true,
  warm: true,
  maxQueued: true,
  registerTimeout: true,
  helloTimeout: true,
  openTimeout: true,
  closeTimeout: true,
  requestTimeout: true,
  idleTimeout: true,
  stopTimeout: true,
  maxFrameBytes: true,
  maxUnreadEvents: true,
  diagnostics: true,
  leaks: true,
  maxQuarantined: true,
  recycleAfter: true,
  restarts: true,
  watch: true,
  strayOutput: true,
  probeTimeout: true,
  forwardStderr: true,
  tempBase: true,
  server: true,
};

/** The names of what a function takes that makes options of a pool: `server`, `postgres`. */
export interface PoolOptionNames<Options> {
  /** Options that no pool has. The type keeps both complete. */
  readonly own: Readonly<Record<Exclude<keyof Options, keyof PoolOptions>, true>>;
  /** Options of a pool that the function sets itself, and takes from no caller. */
  readonly taken: Readonly<Record<Exclude<keyof PoolOptions, keyof Options>, true>>;
}

/**
 * For a function that makes options of a pool: checks the names of what it is given, and nothing else. A misspelt name would
 * reach the pool, which knows only its own options.
 * @param call as users write it: "postgres"
 * @throws CarpoolError CONFIG_INVALID with the name, the one that was meant, and all that there are
 */
export function checkPoolOptions<Options>(
  call: string,
  options: object,
  { own, taken }: PoolOptionNames<Options>,
): void {
  const inherited = Object.keys(names).filter((name) => name !== 'name' && !Object.hasOwn(taken, name));
  new OptionNames('CONFIG_INVALID', call, [...Object.keys(own), ...inherited]).check(options);
}

/**
 * For a function of a package that takes options: checks their names, and nothing else.
 * @param call as users write it: "nats"
 * @param names all that it takes; a record, so that the compiler keeps it complete
 * @throws CarpoolError CONFIG_INVALID with the name, the one that was meant, and all that there are
 */
export function checkOptionNames(call: string, options: object, names: Readonly<Record<string, true>>): void {
  new OptionNames('CONFIG_INVALID', call, Object.keys(names)).check(options);
}

export const createPoolNames: OptionNames = new OptionNames('CONFIG_INVALID', 'createPool', Object.keys(names));
