/**
 * What this host shares with hosts of other machines. With those of its run: one connection, and one ledger of what its own
 * workers hold of that. With those that offer pools to it: what sends registrations there, which ends with this.
 */
import { systemClock } from '../../base/clock.ts';
import { CarpoolError } from '../../base/errors.ts';
import { nameOf } from '../../base/holder-label.ts';
import { Coordination } from '../../ledger/coordination.ts';
import { lostError } from '../../ledger/errors.ts';
import type { LeaseHolder } from '../../ledger/lease.ts';
import type { Reach, ReachConnection } from '../../reach/types.ts';
import type { LeaseStatus, OtherHostStatus } from '../../wire/status.ts';
import { leaseStatus, type LeaseStatusOptions } from './lease-status.ts';
import type { ValueFiles } from './value-files.ts';

/** Milliseconds. What takes longer is waited for by the calls that need it. */
const longestOpening = 30_000;

export class SharedReach {
  /** Turns of the workers of this host, before those of all hosts. */
  readonly coordination: Coordination;
  readonly #connection = Promise.withResolvers<ReachConnection>();
  /** Sends registrations to other hosts. Absent: all stay here. */
  placing: { status(): OtherHostStatus[]; close(): Promise<void> } | undefined;
  #host = '';
  #opened: ReachConnection | undefined;
  #isClosed = false;

  constructor(valueFiles: ValueFiles) {
    this.#connection.promise.catch(() => {}); // each call reports it
    this.coordination = new Coordination({
      forgotten: async (_, { file }) => {
        if (file !== undefined) valueFiles.remove(file);
      },
    });
  }

  /** The config is loaded. @param host the name of this machine, for the errors of others */
  configured(reach: Reach | undefined, host: string): void {
    this.#host = host;
    // The run has ended while its config was loaded: nothing would close what is opened now.
    if (this.#isClosed) {
      this.#connection.reject(lostError('it', 'the run has ended'));
      return;
    }
    if (reach === undefined) {
      const text =
        'Cannot take it in the scope "reach": the config has no `reach`; docs/reach.md says what it is for, and `scope: "machine"` shares it on this machine';
      this.#connection.reject(new CarpoolError('LEASE_INVALID', text));
      return;
    }
    this.#opened = reach.open({ host });
    this.#connection.resolve(this.#opened);
  }

  /**
   * Leases can be granted, or it is known that they cannot: what is waited for before is not on the clock of a test.
   * @param limit milliseconds of the wait
   */
  async ready(limit: number = longestOpening): Promise<void> {
    const ready = this.#opened?.ready();
    if (ready === undefined) return;
    const late = Promise.withResolvers<void>();
    const timer = systemClock.after(Math.min(Math.max(limit, 0), longestOpening), late.resolve);
    await Promise.race([ready, late.promise]);
    timer.cancel();
  }

  /** There is no config. */
  failed(problem: CarpoolError): void {
    this.#connection.reject(problem);
  }

  /** @throws CarpoolError LEASE_INVALID, CONFIG_INVALID */
  get connection(): Promise<ReachConnection> {
    return this.#connection.promise;
  }

  /** What the errors of other hosts say of a holder. */
  nameOf(holder: LeaseHolder): string {
    return `${nameOf(holder, 'a file')} on ${this.#host}`;
  }

  /** For `carpool ps`. */
  status(of: Omit<LeaseStatusOptions, 'scope'>): LeaseStatus[] {
    return leaseStatus(this.coordination, { ...of, scope: 'reach' });
  }

  /** After all workers have left. Does not reject. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.coordination.onces.forget();
    await Promise.all([this.#opened?.close(), this.placing?.close()]);
  }
}
