/** `carpool/coordination`: what tests of any runner share and take turns with. Never loads `child_process` or sockets. */
export {
  lock,
  rwlock,
  semaphore,
  type Lock,
  type ReaderWriterLock,
  type Semaphore,
} from '../runner/coordination/locks.ts';
export {
  reservations,
  reserve,
  type Reservable,
  type Reservation,
  type Reservations,
} from '../runner/coordination/reserve.ts';
export { getPort, leasePort, type PortLease, type PortOptions } from '../runner/coordination/ports.ts';
export { once, type KeepOptions, type OnceOptions } from '../runner/coordination/once.ts';
export type { Lease, Permits } from '../runner/coordination/lease.ts';
export type { LeaseOptions, LeaseScope, ScopeOptions } from '../runner/coordination/around.ts';
