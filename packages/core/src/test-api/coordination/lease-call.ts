/** For which owner a call of `carpool/coordination` takes something, and how it fails at the caller's own line. */
import { callSite, CarpoolError, errorAt, isCarpoolError, type CallSite } from '../../base/errors.ts';
import { callerLocation } from '../../base/holder-label.ts';
import { noop } from '../../base/noop.ts';
import type { CallLabel } from '../../base/open-calls.ts';
import { OptionNames } from '../../base/option-names.ts';
import { timeoutWithin } from '../../base/timeout-within.ts';
import { watchedCall } from '../../base/watched-call.ts';
import { currentTestSlot, openedCurrentTest, type CurrentTest } from '../current-test.ts';
import { owners } from '../owners.ts';
import { currentProcess } from '../current-process.ts';
import { enterChain, heldByChain } from './call-chain.ts';
import type { HeldLease } from '../../client/held-lease.ts';
import type { Caller, OwnerLeases } from '../../client/owner-leases.ts';
import type { SharedScope } from '../../wire/lease-types.ts';

export type { SharedScope };

/** The owner whose end gives it back, if it was not released before. */
export type LeaseScope = 'test' | 'file' | 'worker';

/** The option of every call of `carpool/coordination`. */
export interface ScopeOptions {
  /** The owner whose end releases it. Default: `test` inside a test, else `file`. */
  readonly scope?: LeaseScope;
}

/** The option of what is made once and used in many calls: `lock`, `rwlock`, `semaphore`, `reservations`. */
export interface SharedOptions {
  /** Which tests share it, as `SharedScope` says. Default: `run`. */
  readonly scope?: SharedScope;
}

/** The options of a call that may wait. */
export interface LeaseOptions extends ScopeOptions {
  /** Milliseconds to wait. Default 60,000; in a test at most a little less than its remaining time. */
  readonly timeout?: number;
  /** Aborts the wait; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** False: the call may wait in a cycle of tests that wait for each other, until its timeout. Default true. */
  readonly detectDeadlock?: boolean;
}

/** One call of a user. */
export interface LeaseCall {
  readonly leases: OwnerLeases;
  readonly caller: Caller;
  /** Call it with what is granted: what the caller does next is known to hold it. */
  readonly granted: (lease: HeldLease) => void;
  /** What the call rejects with: an error of Carpool with the stack of the user's line. */
  readonly fail: (thrown: unknown) => unknown;
}

/** The function that the user called: an error's stack begins at its caller. */
export type Above = (...args: never[]) => unknown;

/** What a call is, beside its scope. */
export interface LeaseCallOptions extends Omit<CallLabel, 'site'> {
  readonly scope: LeaseScope | undefined;
  /** Which tests share what it takes. Default: those of the run. */
  readonly shared?: Shared | undefined;
  /** What the user gave, and what that may be. */
  readonly given: object;
  readonly names: OptionNames;
}

/** The options of `ScopeOptions` and some more. */
export function leaseOptionNames(...more: readonly string[]): OptionNames {
  return new OptionNames('LEASE_INVALID', 'this', ['scope', ...more]);
}

/** The names of `LeaseOptions`, without `scope`. */
export const waitOptionNames: readonly string[] = ['timeout', 'signal', 'detectDeadlock'];

/**
 * Makes a call. Its stack and the current test are those of the moment, and the end of that test reports it, if nothing
 * awaits it.
 * @param run is called at once
 * @throws CarpoolError HUB_UNREACHABLE if there is no adapter and no host, LEASE_INVALID if there is no such scope here, or
 * no such option
 */
export function makeCall<T>(above: Above, options: LeaseCallOptions, run: (call: LeaseCall) => Promise<T>): Promise<T> {
  const site = callSite(above);
  const fail = (thrown: unknown): unknown => (isCarpoolError(thrown) ? errorAt(thrown, site) : thrown);
  let call: LeaseCall;
  try {
    const { scope } = options;
    const { leases, ...owned } = ownerFor(scope, openedCurrentTest(currentTestSlot(), owners) ?? currentProcess());
    const chain = heldByChain();
    const link = enterChain();
    call = {
      leases,
      caller: {
        at: () => callerLocation(site),
        chain: chain.length === 0 ? undefined : chain,
        machine: options.shared?.given?.scope === 'machine' ? true : undefined,
        reach: options.shared?.given?.scope === 'reach' ? true : undefined,
        ...owned,
      },
      granted: (lease) => link.granted(lease),
      fail,
    };
  } catch (thrown) {
    return refused(fail(thrown));
  }
  const wrong = options.names.fault(options.given, site, above.name) ?? sharedFault(options.shared, site);
  return watchedCall(
    wrong === undefined ? run(call) : Promise.reject(wrong),
    call.leases.calls.add({ ...options, site }),
  );
}

/** The scope of a call that has one option for both. */
export function scopesOf(
  by: 'getPort' | 'once',
  scope: LeaseScope | SharedScope | undefined,
): Pick<LeaseCallOptions, 'scope' | 'shared'> {
  return scope === 'run' || scope === 'machine' || scope === 'reach'
    ? { scope: undefined, shared: { by, given: { scope } } }
    : { scope };
}

/** Options of what is made once, and the function that has made it. */
export interface Shared {
  readonly by: 'lock' | 'rwlock' | 'semaphore' | 'reservations' | 'reserve' | 'getPort' | 'once';
  readonly given: SharedOptions;
}

const sharedNames = new OptionNames('LEASE_INVALID', 'this', ['scope']);

/** Where no compiler looks, the tests of other runs would not be kept away. */
function sharedFault(shared: Shared | undefined, site: CallSite): CarpoolError | undefined {
  if (shared === undefined) return undefined;
  const { by, given } = shared;
  const wrong = sharedNames.fault(given, site, by);
  if (wrong !== undefined) return wrong;
  const { scope } = given;
  if (scope === undefined || scope === 'run' || scope === 'machine') return undefined;
  if (scope === 'reach' && by !== 'getPort') return undefined;
  const there = by === 'getPort' ? 'ports are of one machine, so there are' : 'there are "reach",';
  const text = `Cannot share it in the scope ${JSON.stringify(scope)}: ${there} "run" and "machine"`;
  return new CarpoolError('LEASE_INVALID', text, { context: { scope }, site });
}

/** No test is known that could report it, and it must not fail another one as an unhandled rejection. */
function refused(thrown: unknown): Promise<never> {
  const answer = Promise.reject(thrown as Error);
  answer.catch(noop);
  return answer;
}

/** What a timer can wait, nearly. */
const longest = 2_000_000_000;

/** Milliseconds that the test or the hook which makes the call has; `Infinity`: any. */
export function timeLeft(): number {
  return currentTestSlot().currentTest?.timeLeft() ?? Infinity;
}

/** The options that the host needs. @throws CarpoolError LEASE_INVALID */
export function waitOptions(options: Pick<LeaseOptions, 'timeout' | 'detectDeadlock'>): {
  readonly timeout: number | undefined;
  readonly detectDeadlock: boolean | undefined;
} {
  const { timeout: wanted, detectDeadlock } = options;
  if (wanted !== undefined && !(wanted >= 0)) {
    const text = `Cannot wait for ${String(wanted)} ms: \`timeout\` is a number of milliseconds from 0`;
    throw new CarpoolError('LEASE_INVALID', text, { context: { timeout: wanted } });
  }
  const timeout = timeoutWithin(wanted, timeLeft());
  return { timeout: timeout === undefined ? undefined : Math.min(timeout, longest), detectDeadlock };
}

interface LeaseOwner extends Pick<Caller, 'flow' | 'lasts'> {
  readonly leases: OwnerLeases;
}

function ownerFor(scope: LeaseScope | undefined, current: CurrentTest): LeaseOwner {
  switch (scope) {
    case undefined: {
      const test = current.test();
      return test === undefined ? { leases: fileOf(current).leases, lasts: 'inside' } : { leases: test.leases };
    }
    case 'test': {
      const test = current.test();
      if (test !== undefined) return { leases: test.leases };
      const text = "Cannot take it for a test: no test is running here; take it with `scope: 'file'`";
      throw new CarpoolError('LEASE_INVALID', text, { context: { scope } });
    }
    case 'file':
      return { leases: fileOf(current).leases, ...flowIn(current) };
    case 'worker':
      return { leases: current.worker().leases, ...flowIn(current) };
    default: {
      const text = `Cannot take it with the scope ${JSON.stringify(scope)}: there are "test", "file" and "worker"`;
      throw new CarpoolError('LEASE_INVALID', text, { context: { scope } });
    }
  }
}

/** The test that waits meanwhile, as far as the adapter knows it. What no test takes lasts as long as the file, or the worker. */
function flowIn(current: CurrentTest): Pick<Caller, 'flow' | 'lasts'> {
  try {
    const flow = current.test()?.path;
    return flow === undefined ? { lasts: 'inside' } : { flow };
  } catch {
    return {};
  }
}

function fileOf({ file }: CurrentTest): NonNullable<CurrentTest['file']> {
  if (file !== undefined) return file;
  // Between files, and in a process that only collects tests.
  const text =
    'Cannot take it here: no test file is running; call it in a test or a hook. With Playwright the tests must be of the `test` of @carpool/playwright';
  throw new CarpoolError('LEASE_INVALID', text);
}
