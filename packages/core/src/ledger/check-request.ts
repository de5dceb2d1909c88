/** What the ledger accepts: requests come from test processes, and may hold anything. */
import { describeRequest, invalid } from './errors.ts';
import { rwlockCapacity, type Lease, type LeaseRequest } from './lease.ts';

/** Characters of a name. */
const longestName = 1_000;

/** @throws CarpoolError LEASE_INVALID */
export function checkRequest(request: LeaseRequest): void {
  const { name, kind, size, weight } = request;
  checkName(name);
  if (!isWhole(size)) {
    const why = `the size of a semaphore must be a whole number from 1, and not ${String(size)}`;
    throw invalid(`semaphore ${JSON.stringify(name)}`, why, { name, size });
  }
  if (!isWhole(weight)) {
    const why = `the weight must be a whole number from 1, and not ${String(weight)}`;
    throw invalid(describeRequest(request), why, { name, weight });
  }
  const fits =
    kind === 'semaphore' ||
    (kind === 'rwlock' ? size === rwlockCapacity && (weight === 1 || weight === rwlockCapacity) : size === 1);
  if (!fits) throw invalid(JSON.stringify(name), `no ${kind} has the size ${size} and the weight ${weight}`, { name });
}

/** @throws CarpoolError LEASE_INVALID */
export function checkName(name: unknown): asserts name is string {
  if (typeof name !== 'string') {
    throw invalid('the lease', `a name must be a string, and not ${typeof name}`, { name: String(name) });
  }
  if (name.length <= longestName) return;
  const short = `${name.slice(0, 40)}…`;
  throw invalid(JSON.stringify(short), `the name has more than ${longestName} characters`, { name: short });
}

/** @throws CarpoolError LEASE_INVALID */
export function checkAmount({ request, weight }: Lease, amount: number): void {
  if (isWhole(amount) && amount <= weight) return;
  const why = `the released amount must be a whole number from 1 to ${weight}, and not ${String(amount)}`;
  throw invalid(describeRequest(request), why, { name: request.name, held: weight, amount });
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
