/**
 * The end of a run whose tests have left clients connected to a server. If that ended now, the clients would raise errors that
 * nothing catches, in a process that may be the runner's own, as with `jest --runInBand`. So the server stays, and its
 * host with it, until the clients have gone or the runner has: what holds such a client open has never been Carpool.
 */
import { systemClock } from '../base/clock.ts';
import { noop } from '../base/noop.ts';
import { within } from '../base/wait.ts';
import { untilUnused } from '../pool/until-unused.ts';
import type { ServedRun } from './served-run.ts';

/** Milliseconds until a run ends as any other, because its sessions take too long. */
const lookTimeout = 4_000;
/** Milliseconds for the clean-ups of the run, and the teardowns of shared workers. The runner waits for them. */
const closeTimeout = 15_000;

/** @returns whether the host stays for now. It calls `stop` as soon as nothing uses it */
export async function staysInUse(run: ServedRun, stop: () => Promise<void>): Promise<boolean> {
  const expired = (): Error => new Error('it took too long');
  const deadline = (timeout: number) => ({ clock: systemClock, timeout, expired });
  // What rejects is reported by `stop`, which does the same.
  if (!(await within(run.inUse(), deadline(lookTimeout)).catch(() => false))) return false;
  await within(run.closeHub(), deadline(closeTimeout)).catch(noop);
  const { signal } = new AbortController();
  void untilUnused({ clock: systemClock, signal, inUse: () => run.inUse() }).then(stop);
  return true;
}
