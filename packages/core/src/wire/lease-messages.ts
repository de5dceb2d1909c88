/** What the JSON bodies of the calls for leases hold. */
import type { HolderLabel } from '../base/holder-label.ts';
import type { ErrorRecord } from '../base/errors.ts';
import type { Fence } from '../reach/types.ts';
import type { OwnerPath } from './owner-path.ts';

/** What all requests for a lease have in common. */
interface LeaseRequest {
  /** The worker's number for the lease, not used before on this connection; RELEASE names it. */
  readonly lease: number;
  readonly under?: OwnerPath | undefined;
  /** The test that cannot go on meanwhile, where it is not the owner. */
  readonly flow?: OwnerPath | undefined;
  readonly holder?: HolderLabel | undefined;
  /** `file:line:column` of the call, for the errors of others. */
  readonly at?: string | undefined;
  /** The worker's numbers of leases that the call chain holds: it releases none of them while it waits. */
  readonly chain?: readonly number[] | undefined;
  /**
   * The lease is released at the end of its owner, as far as is known: tests inside of the owner do not release it while
   * they wait, nor does, with `itself`, the owner itself.
   */
  readonly lasts?: 'inside' | 'itself' | undefined;
  /** It is shared by all hosts of the run, by what the config has as `reach`. */
  readonly reach?: true | undefined;
}

/** What a lease has cost that was not free. */
export interface WaitedFor {
  /** Milliseconds. */
  readonly waited: number;
  /** What it is, for the evidence of a failed test: "lock "printer"". */
  readonly what: string;
  /** What had it before, in this order. At most 8 are named. */
  readonly behind: readonly (HolderLabel & { readonly takenAt?: string | undefined })[];
}
/** Absent: it was free. */
export type AcquireResult = Partial<WaitedFor> & {
  /** Of the scope `reach`. */
  readonly fence?: Fence | undefined;
};

export interface AcquireRequest extends LeaseRequest {
  readonly method: 'acquire';
  readonly name: string;
  readonly kind: 'lock' | 'rwlock' | 'semaphore';
  readonly size: number;
  readonly weight: number;
  readonly wait?: boolean | undefined;
  readonly timeout?: number | undefined;
  /** Whose `timeout` it is, for errors. Default: that of the call. */
  readonly limit?: 'test' | 'config' | undefined;
  readonly detectDeadlock?: boolean | undefined;
}

export interface ReserveRequest extends LeaseRequest {
  readonly method: 'reserve';
  readonly space: string;
  readonly values: readonly string[];
}
export interface ReserveResult {
  /** The places in `values` of those that were free. If there are none, there is no lease. */
  readonly places: readonly number[];
  /** Of the scope `reach`. */
  readonly fence?: Fence | undefined;
}

export interface OnceRequest extends LeaseRequest {
  readonly method: 'once';
  readonly key: string;
  /** The `file:` URL of the module that cleans up after the value, if this worker computes it. */
  readonly cleanup?: string | undefined;
  /** Of a value that is to outlive its runs: milliseconds from its making in which this caller takes it. */
  readonly maxAge?: number | undefined;
  /** The file of an earlier answer, which is not there any more. */
  readonly lost?: string | undefined;
  readonly timeout?: number | undefined;
  readonly detectDeadlock?: boolean | undefined;
}
/** Without `value` and `file` the worker computes it, and calls `settle`; then it also says what the wait has cost. */
export interface OnceResult extends AcquireResult {
  readonly value?: string | undefined;
  /** The path of the file that holds the value. */
  readonly file?: string | undefined;
  /** Where the computing worker may write a value that is too large for a message. */
  readonly store?: string | undefined;
  /** Bytes of a value that it may send instead, on another machine, which has no such file. */
  readonly inline?: number | undefined;
}

export interface SettleRequest {
  readonly method: 'settle';
  readonly lease: number;
  readonly reach?: true | undefined;
  /** One of the three. */
  readonly value?: string | undefined;
  /** The value is in the file that `once` has named. */
  readonly stored?: boolean | undefined;
  /** The host keeps it also when the runs that had it have ended. */
  readonly outlives?: boolean | undefined;
  readonly failure?: ErrorRecord | undefined;
}

/** Part of the table of methods. */
export interface LeaseMethods {
  readonly acquire: { readonly request: AcquireRequest; readonly result: AcquireResult };
  readonly reserve: { readonly request: ReserveRequest; readonly result: ReserveResult };
  readonly once: { readonly request: OnceRequest; readonly result: OnceResult };
  readonly settle: { readonly request: SettleRequest; readonly result: Record<string, never> };
}
