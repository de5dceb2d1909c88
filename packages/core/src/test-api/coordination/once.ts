/** What is computed once a run, or once on a machine, however many tests want it: a token, a seeded database, a compiled fixture. */
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock, type Timer } from '../../base/clock.ts';
import { CarpoolError } from '../../base/errors.ts';
import { OptionNames } from '../../base/option-names.ts';
import { duration } from '../../base/holder-label.ts';
import { revive } from '../../realm/structured-clone.ts';
import type { KeepOptions } from './keep.ts';
import type { HeldLease } from '../../client/held-lease.ts';
import type { ComputedValue } from '../../client/owner-leases.ts';
import { runHolding } from './call-chain.ts';
import {
  leaseOptionNames,
  makeCall,
  scopesOf,
  timeLeft,
  waitOptionNames,
  waitOptions,
  type LeaseCall,
  type LeaseOptions,
  type LeaseScope,
  type SharedScope,
} from './lease-call.ts';
import { bytesOf } from './value-bytes.ts';

/** The options of `once`. */
export interface OnceOptions extends Omit<LeaseOptions, 'scope'> {
  /**
   * The owner whose end passes the computation on to another test; or `machine`: one value for all runs on this machine,
   * as long as one of those that have it goes on; or `reach`: one value for all hosts of the run. Default: the test, or else
   * the file, and one value a run, which `run` says, too.
   */
  readonly scope?: LeaseScope | SharedScope;
  /**
   * Keeps the value for later runs: in `node_modules/.cache/carpool/once` of the project, in the scope `machine` in
   * `carpool/once` of the user's folder for caches. Default: for this run only.
   */
  readonly keep?: KeepOptions;
  /**
   * A module, by its `file:` URL or absolute path, that cleans up after the value. Its default export is called with the
   * value in the host, when the run has ended or the next one begins. Not if the host is killed.
   */
  readonly cleanup?: string | URL;
}

const names = leaseOptionNames(...waitOptionNames, 'keep', 'cleanup');
const keepNames = new OptionNames('LEASE_INVALID', 'once` with `keep', ['inputs', 'maxAge']);

/**
 * The value of `key`. The first caller computes it, all others wait and receive a copy. If `compute` throws, the first
 * caller receives what it threw, those that wait receive ONCE_FAILED, and the next call computes it again.
 * @example const token = await once('token', () => logIn(), { keep: { maxAge: 3_600_000 } });
 * @example const db = await once('db', createDatabase, { cleanup: new URL('./drop-database.mjs', import.meta.url) });
 * @throws CarpoolError ONCE_FAILED, LEASE_TIMEOUT, LEASE_DEADLOCK, LEASE_INVALID if the value cannot be cloned
 */
export function once<T>(key: string, compute: () => T | Promise<T>, options: OnceOptions = {}): Promise<T> {
  const { scope, signal } = options;
  const scopes = scopesOf('once', scope);
  // It may be called only to have the value there for others.
  const label = {
    ...scopes,
    signal,
    needed: false,
    given: options,
    names,
    what: () => `the value ${JSON.stringify(key)}`,
  };
  return makeCall(once, label, (call) => valueOf(call, key, compute, options));
}

async function valueOf<T>(
  { leases, caller, fail }: LeaseCall,
  key: string,
  compute: () => T | Promise<T>,
  options: OnceOptions,
): Promise<T> {
  const { keep, signal } = options;
  /** An error of the user's function, which is rethrown as it is. */
  let failure: { readonly thrown: unknown } | undefined;
  const ends = systemClock.now() + timeLeft();
  const late = Promise.withResolvers<never>();
  const computed = async (role: HeldLease, waited?: string): Promise<Uint8Array> => {
    const timer = Number.isFinite(ends) ? failAt(ends, { key, fail: late.reject, waited }) : undefined;
    let value: T;
    try {
      value = await runHolding(role, compute);
    } catch (thrown) {
      failure = { thrown };
      throw thrown;
    } finally {
      timer?.cancel();
    }
    return bytesOf(value, `the value ${JSON.stringify(key)}`);
  };
  const machine = options.scope === 'machine';
  const kept = async (role: HeldLease, waited?: string): Promise<ComputedValue> => {
    if (keep === undefined) return { bytes: await computed(role, waited) };
    const found = await (await import('./keep.ts')).kept({ key, keep, machine }, () => computed(role, waited));
    // Each run looks itself whether what is kept for the machine is young enough for it, and made from its inputs.
    return machine ? found : { bytes: found.bytes };
  };
  try {
    if (keep !== undefined) {
      keepNames.check(keep);
      checkAge(keep.maxAge);
    }
    const cleanup = urlOf(options);
    const wait = waitOptions(options);
    const shared = machine && keep !== undefined ? keep : undefined;
    const name = shared === undefined ? key : (await import('./keep.ts')).nameWith(key, shared);
    // Where it cannot be written, the host keeps it as long. JSON has no `Infinity`.
    const maxAge = shared === undefined ? undefined : Math.min(shared.maxAge, Number.MAX_SAFE_INTEGER);
    const found = leases.once({ key: name, cleanup, ...wait, maxAge }, kept, caller, signal);
    return revive(await Promise.race([found, late.promise])) as T;
  } catch (thrown) {
    throw failure !== undefined && failure.thrown === thrown ? thrown : fail(thrown);
  }
}

interface Computing {
  readonly key: string;
  readonly fail: (error: CarpoolError) => void;
  /** What the wait was for, before: a clause. */
  readonly waited: string | undefined;
}

/**
 * Fails the call a little before the test or the hook does that computes: a time-out of the runner does not say at what. The
 * value is computed on, for those that wait for it, until the owner ends.
 * @param ends by the system's clock
 */
function failAt(ends: number, { key, fail, waited }: Computing): Timer {
  const left = Math.max(Math.round(ends - systemClock.now()), 1);
  return systemClock.after(left, () => {
    const before = waited === undefined ? '' : `, and ${waited}`;
    const text = `Cannot compute the value ${JSON.stringify(key)} in the time of this test or hook: it has computed for ${duration(left)}${before}. Compute it where there is more time, as in a \`beforeAll\`, or raise the time-out of the test`;
    fail(new CarpoolError('LEASE_TIMEOUT', text, { context: { name: key, timeout: left } }));
  });
}

function urlOf({ cleanup, keep, scope }: OnceOptions): string | undefined {
  if (cleanup === undefined) return undefined;
  const problem =
    scope === 'machine' || scope === 'reach'
      ? `a value of the scope "${scope}" is not cleaned up after one run`
      : keep === undefined
        ? undefined
        : 'a value that is kept for later runs is not cleaned up after this one';
  const url = isAbsolute(String(cleanup)) ? pathToFileURL(String(cleanup)).href : String(cleanup);
  if (problem === undefined && url.startsWith('file:')) return url;
  const wrong =
    problem ?? `\`cleanup\` is the \`file:\` URL or the absolute path of a module, and not ${JSON.stringify(url)}`;
  throw new CarpoolError('LEASE_INVALID', `Cannot clean up after a value: ${wrong}`, { context: { cleanup: url } });
}

function checkAge(maxAge: number): void {
  if (maxAge >= 0) return;
  const text = `Cannot keep a value: \`maxAge\` is a number of milliseconds from 0, and not ${String(maxAge)}`;
  throw new CarpoolError('LEASE_INVALID', text, { context: { maxAge } });
}
