/** What is computed once a run, however many tests want it: a token, a seeded database, a compiled fixture. */
import { CarpoolError } from '../../base/errors.ts';
import { leaseCall, waitOptions, WaitFields, type LeaseOptions } from './around.ts';
import { bytesOf, valueOf } from '../../realm/coordination-clone.ts';

export interface KeepOptions {
  /** What the value was made from, clonable: with other inputs it is computed again. */
  readonly inputs?: readonly unknown[];
  /** Milliseconds after which it is computed again. */
  readonly maxAge: number;
}

export interface OnceOptions extends LeaseOptions {
  /** Keeps the value for later runs, in `node_modules/.cache/carpool/once` of the project. Default: for this run. */
  readonly keep?: KeepOptions;
}

/**
 * The value of `key`. The first who asks computes it, all others wait and are given a copy. If `compute` throws, it
 * throws here, all who wait are told, and the next who asks computes.
 * @throws CarpoolError ONCE_FAILED, LEASE_TIMEOUT, LEASE_DEADLOCK, LEASE_INVALID if the value cannot be cloned
 */
export function once<T>(key: string, compute: () => T | Promise<T>, options: OnceOptions = {}): Promise<T> {
  return leaseCall(once, options, async (leases, caller) => {
    const { keep, signal } = options;
    if (keep !== undefined) checkAge(keep.maxAge);
    const what = `the value ${JSON.stringify(key)}`;
    // Raw, because what the user's function throws is the user's.
    let computed: { readonly failed: unknown } | undefined;
    const value = async (): Promise<T> => {
      try {
        return await compute();
      } catch (thrown) {
        computed = { failed: thrown };
        throw thrown;
      }
    };
    const made = async (): Promise<Uint8Array> => bytesOf(await value(), what);
    const own = async (): Promise<Uint8Array> =>
      keep === undefined ? await made() : await (await import('./keep.ts')).kept(key, keep, made);
    return await leases.once({ key, ...waitOptions(options) }, own, caller, signal).then(
      (bytes) => valueOf(bytes) as T,
      (thrown: unknown) => {
        throw computed === undefined || computed.failed !== thrown ? thrown : new WaitFields(thrown);
      },
    );
  });
}

function checkAge(maxAge: number): void {
  if (maxAge >= 0) return;
  const text = `Cannot keep a value: \`maxAge\` is a number of milliseconds from 0, and not ${String(maxAge)}`;
  throw new CarpoolError('LEASE_INVALID', text, { context: { maxAge } });
}
