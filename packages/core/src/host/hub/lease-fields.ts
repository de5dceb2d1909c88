/** What a worker says of a lease, whatever it has sent. */
import { CarpoolError, type ErrorRecord } from '../../base/errors.ts';
import type { LeaseHolder } from '../../ledger/lease.ts';
import type { AcquireRequest } from '../../wire/messages.ts';

export function whoOf({ holder, at }: Pick<AcquireRequest, 'holder' | 'at'>): LeaseHolder {
  const { test, file } = holder ?? {};
  return {
    ...(typeof test === 'string' ? { test } : {}),
    ...(typeof file === 'string' ? { file } : {}),
    ...(typeof at === 'string' ? { takenAt: at } : {}),
  };
}

export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new CarpoolError('LEASE_INVALID', 'Cannot keep a value that is no text');
}

/** What a worker sends to all who wait is what it says it is. */
export function foreign(failure: ErrorRecord): ErrorRecord {
  return { ...failure, code: 'ONCE_FAILED', message: String(failure.message) };
}
