/** `carpool.<pool>.register()`: what adapters offer to those who want more sessions than one, and its type. */
import { callSite, type CallSite } from '../base/errors.ts';
import type { RegisterOptions } from '../pool/types.ts';
import type { Config, PoolNames, SessionOf } from '../config/define.ts';
import type { Session } from '../session/types.ts';

/** Of a session that a test takes for itself; its owner and its label are the test's. */
export type RegisterExtraOptions = Pick<RegisterOptions, 'owner' | 'wait' | 'timeout' | 'signal'>;

/** More sessions than one, from any pool. */
export type SessionPools<C extends Config> = {
  readonly [Name in PoolNames<C>]: {
    /** Takes one more session; it ends with whose it is, or when it is unregistered. */
    register(options?: RegisterExtraOptions): Promise<SessionOf<C, Name>>;
  };
};

/** With where the user called. */
export type RegisterCall = (
  pool: string,
  options: RegisterExtraOptions & { readonly site: CallSite },
) => Promise<Session>;

/**
 * Any name may be asked for: one that is no pool is refused by `register`, with the names of those that are.
 * @param names of the pools, as far as they are known: for those who list them
 */
export function sessionPools(register: RegisterCall, names: readonly string[] = []): object {
  const entry = (pool: string) => ({
    // The promise that `register` gives, not one made of it: only that one may fail without anybody who catches it.
    register: function registerHere(options?: RegisterExtraOptions): Promise<Session> {
      return register(pool, { ...options, site: callSite(registerHere) });
    },
  });
  const known: object = Object.fromEntries(names.map((pool) => [pool, entry(pool)]));
  // `then`: runners await the value of a fixture.
  const get = (target: object, name: string | symbol): unknown =>
    typeof name === 'symbol' || name in target || name === 'then' ? Reflect.get(target, name) : entry(name);
  return new Proxy(known, { get });
}
