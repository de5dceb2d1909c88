/** `carpool/coordination`: what tests of any runner share and take turns with. Never loads `child_process` or sockets. */
export {
  lock,
  rwlock,
  semaphore,
  type Lock,
  type ReaderWriterLock,
  type Semaphore,
} from '../test-api/coordination/locks.ts';
export {
  reservations,
  reserve,
  type Reservable,
  type Reservation,
  type Reservations,
} from '../test-api/coordination/reserve.ts';
export { getPort, leasePort, type PortLease, type PortOptions } from '../test-api/coordination/ports.ts';
export { once, type OnceOptions } from '../test-api/coordination/once.ts';
export type { KeepOptions } from '../test-api/coordination/keep.ts';
export type { Lease, Permits } from '../test-api/coordination/lease.ts';
export type {
  LeaseOptions,
  LeaseScope,
  ScopeOptions,
  SharedOptions,
  SharedScope,
} from '../test-api/coordination/lease-call.ts';
