/** `carpool.<pool>.register()` and `register(pool)`: more sessions than the one of a fixture, and their types. */
import { callSite, type CallSite } from '../base/errors.ts';
import { OptionNames } from '../base/option-names.ts';
import type { RegisterOptions } from '../pool/types.ts';
import type { Config, ParamsOf, PoolNames, SessionOf } from '../config/define.ts';
import type { Session } from '../session/types.ts';

/** How long the session of a fixture, or one that is registered, lives. */
export type SessionScope = 'test' | 'file' | 'worker';

/** Of a session that a test takes for itself; its owner and its label are the test's. */
export type RegisterExtraOptions<Params = unknown> = Pick<
  RegisterOptions<Params>,
  'owner' | 'wait' | 'timeout' | 'signal' | 'params'
>;

/** The options of `register(pool, options)`. */
export interface RegisterInScopeOptions<Params = unknown> extends RegisterExtraOptions<Params> {
  /** What ends the session, if nothing has before. Default `test`; outside tests write `file` or `worker`. */
  readonly scope?: SessionScope;
}

/** More sessions than one, from any pool. */
export type SessionPools<C extends Config> = {
  readonly [Name in PoolNames<C>]: {
    /**
     * Takes one more session; it ends with its owner, or when it is unregistered.
     * @throws CarpoolError POOL_FULL, POOL_QUEUE_TIMEOUT, REQUEST_TIMEOUT, ALREADY_REGISTERED, CONFIG_INVALID, SESSION_CLOSED, and why the
     * child could not be started
     */
    register(options?: RegisterExtraOptions<ParamsOf<C, Name>>): Promise<SessionOf<C, Name>>;
  };
};

const extraNames = ['owner', 'wait', 'timeout', 'signal', 'params'];
const extras = new OptionNames('SESSION_MISUSED', 'register', extraNames);

/** Those of `register(pool, options)`. */
export const registerInScopeNames: OptionNames = new OptionNames('SESSION_MISUSED', 'register', [
  'scope',
  ...extraNames,
]);

/** Registers a session for `sessionPools`; `site` is where the user called. */
export type RegisterCall = (
  pool: string,
  options: RegisterExtraOptions & { readonly site: CallSite },
) => Promise<Session>;

/**
 * The value of the fixture `carpool`. Any name may be asked for: one that is no pool is refused by `register`, with the
 * names of the pools.
 * @param names of the pools, as far as they are known, for callers that list them
 */
export function sessionPools(register: RegisterCall, names: readonly string[] = []): object {
  const entry = (pool: string) => ({
    // The promise that `register` gives, not one made of it: only that one may fail without a handler.
    register: function registerHere(options?: RegisterExtraOptions): Promise<Session> {
      const site = callSite(registerHere);
      if (options !== undefined) extras.check(options, site);
      return register(pool, { ...options, site });
    },
  });
  const known: object = Object.fromEntries(names.map((pool) => [pool, entry(pool)]));
  // `then`: runners await the value of a fixture.
  const get = (target: object, name: string | symbol): unknown =>
    typeof name === 'symbol' || name in target || name === 'then' ? Reflect.get(target, name) : entry(name);
  return new Proxy(known, { get });
}
