/** For whom a call of `carpool/coordination` takes something, and how it fails at the caller's own line. */
import { callSite, CarpoolError, errorAt, isCarpoolError, type CallSite } from '../../base/errors.ts';
import { callerLocation } from '../../base/holders.ts';
import { currentTestSlot, type CurrentTest } from '../current-test.ts';
import { currentProcess } from '../process-ambient.ts';
import type { Caller, OwnerLeases } from '../../client/owner-leases.ts';

/** Whose end gives it back, if nobody has before. */
export type LeaseScope = 'test' | 'file' | 'worker';

export interface ScopeOptions {
  /** Default: `test` inside of a test, else `file`. */
  readonly scope?: LeaseScope;
}

export interface LeaseOptions extends ScopeOptions {
  /** Milliseconds to wait. Default 60,000; in a test a little less than is left of its time, if that is less. */
  readonly timeout?: number;
  /** Gives up waiting; the call then rejects with its reason. */
  readonly signal?: AbortSignal;
  /** False: the call may wait in a circle of tests that wait for each other, until its time is up. Default true. */
  readonly detectDeadlock?: boolean;
}

/**
 * One call: for whom it takes something is found out at once, and what goes wrong is told at its own line, by an error of
 * this realm.
 * @param above the function of the user's call
 * @throws CarpoolError HUB_UNREACHABLE where there is nothing around, LEASE_INVALID where there is no such scope
 */
export function leaseCall<T>(
  above: (...args: never[]) => unknown,
  options: ScopeOptions,
  work: (leases: OwnerLeases, caller: Caller) => Promise<T>,
): Promise<T> {
  const answer = toUserError(callSite(above), options, work);
  // A body that runs on after the end of its test must not fail another one as an unhandled rejection.
  answer.catch(() => {});
  return answer;
}

async function toUserError<T>(
  site: CallSite,
  { scope }: ScopeOptions,
  work: (leases: OwnerLeases, caller: Caller) => Promise<T>,
): Promise<T> {
  try {
    const { leases, flow } = ownerFor(scope, currentTestSlot().ambient ?? currentProcess());
    const at = (): string | undefined => callerLocation(site);
    return await work(leases, flow === undefined ? { at } : { at, flow });
  } catch (thrown) {
    if (thrown instanceof WaitFields) throw thrown.thrown;
    throw isCarpoolError(thrown) ? errorAt(thrown, site) : thrown;
  }
}

/** What a function of the user's threw: it is thrown as it is, and not told as if the call had failed. */
export class WaitFields {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    this.thrown = thrown;
  }
}

const longest = 2_000_000_000;

/** What is handed on of the options. @throws CarpoolError LEASE_INVALID */
export function waitOptions(options: LeaseOptions): { timeout?: number; detectDeadlock?: boolean } {
  const { timeout = currentTestSlot().ambient?.waitOptions?.().timeout, detectDeadlock } = options;
  if (timeout !== undefined && !(timeout >= 0)) {
    const text = `Cannot wait for ${String(timeout)} ms: \`timeout\` is a number of milliseconds from 0`;
    throw new CarpoolError('LEASE_INVALID', text, { context: { timeout } });
  }
  return {
    ...(timeout === undefined ? {} : { timeout: Math.min(timeout, longest) }),
    ...(detectDeadlock === undefined ? {} : { detectDeadlock }),
  };
}

function ownerFor(
  scope: LeaseScope | undefined,
  ambient: CurrentTest,
): { readonly leases: OwnerLeases; readonly flow?: Caller['flow'] } {
  switch (scope) {
    case undefined: {
      const owner = ambient.test() ?? ambient.file;
      if (owner === undefined) throw noFile();
      return owner;
    }
    case 'test': {
      const test = ambient.test();
      if (test !== undefined) return test;
      const text = "Cannot take it for a test: no test is running here; take it with `scope: 'file'`";
      throw new CarpoolError('LEASE_INVALID', text, { context: { scope } });
    }
    case 'file':
      if (ambient.file === undefined) throw noFile();
      return { leases: ambient.file.leases, ...flowIn(ambient) };
    case 'worker':
      return { leases: ambient.worker().leases, ...flowIn(ambient) };
    default: {
      const text = `Cannot take it with the scope ${JSON.stringify(scope)}: there are "test", "file" and "worker"`;
      throw new CarpoolError('LEASE_INVALID', text, { context: { scope } });
    }
  }
}

/** Which test waits meanwhile, where that can be told. */
function flowIn(ambient: CurrentTest): { readonly flow?: readonly string[] } {
  try {
    const test = ambient.test();
    return test === undefined ? {} : { flow: test.path };
  } catch {
    return {};
  }
}

/** Between files, and in a process that only collects tests. */
function noFile(): CarpoolError {
  const text =
    'Cannot take it here: no test file is running; call it in a test or a hook. With Playwright the tests must be of the `test` of @carpool/playwright';
  return new CarpoolError('LEASE_INVALID', text);
}
