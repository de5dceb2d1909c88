/**
 * What hosts of several machines share: the leases of one run, which a connection of each of its hosts holds on behalf of its
 * workers; and what they offer to each other, for which all hosts of all runs have a topic. An engine carries both, such as
 * NATS with `@carpool/nats`. Types only: nothing of an engine is part of this package.
 */
import type { CarpoolError } from '../base/errors.ts';

/** What a config has as `reach`. To make one does nothing. */
export interface Reach {
  /** For errors: where it is, and which run. */
  readonly name: string;
  /** Called once by each host, when its config is loaded. It does not wait, and does not throw. */
  open(options: ReachOptions): ReachConnection;
  /**
   * Where hosts say which pools they offer, and hear of each other: all of all runs, whatever they are part of. Called once by
   * each host that offers pools, or looks for some. It does not wait, and does not throw. Absent: nothing is placed on other
   * hosts.
   */
  readonly topic?: ((options: TopicOptions) => Topic) | undefined;
}

/** What an engine is told of one that publishes, or listens. It calls nothing of it before `topic` has returned. */
export interface TopicOptions {
  /** For the engine's own lists: the name of the machine, and the pid. */
  readonly host: string;
  /**
   * `offers`: its texts are for those that look, and theirs are for it. `looks`: the other way around. So a text goes to those
   * alone that do something with it. An engine that has one channel for both may send all to all: the rest is passed over.
   */
  readonly role: 'offers' | 'looks';
  /** What somebody has published. It does not throw. */
  heard(text: string): void;
  /** From now on all is heard. Called again when a connection that was lost is back. */
  connected(): void;
  /** Nothing is heard for now; the engine goes on trying. @param error REACH_UNAVAILABLE */
  failed(error: CarpoolError): void;
}

/** Carries texts from each to all of the other role that are connected. What is lost is lost: all is said again. */
export interface Topic {
  /** Does not wait, and does not throw. It may be lost where there is no connection. */
  publish(text: string): void;
  /** Resolves when what was published is sent, and the connection has ended, within 5 s. Does not reject. */
  close(): Promise<void>;
}

/** What an engine is told of the host. */
export interface ReachOptions {
  /** For the errors of others: the name of the machine, and the pid. */
  readonly host: string;
}

/**
 * A number that rises with each new holder of a name, and never falls. What a lease protects can keep the highest one that it
 * has seen, and refuse a lower one: it comes from a holder that does not know yet that it has lost the lease.
 */
export interface Fence {
  /** Of which revisions can be compared. Another one: all leases of the one before are lost, and were told so. */
  readonly bucket: string;
  /** The number. */
  readonly revision: number;
}

/** What is wanted, on behalf of one test. */
export interface ReachWanted {
  /** Of the lock, the value, or the space of a reservation. */
  readonly name: string;
  /** `once`: the role to compute a value. */
  readonly kind: 'lock' | 'rwlock' | 'semaphore' | 'once' | 'reservation';
  /** How many there are of it. */
  readonly size: number;
  /** How many of it are wanted. */
  readonly weight: number;
  /** For the errors of others: the test, and where it called. */
  readonly by: string;
  /** False: it is granted at once, or refused. */
  readonly wait: boolean;
  /** Of a reservation, which never waits: those that are free are granted. */
  readonly values?: readonly string[] | undefined;
}

/** What was granted. */
export interface ReachGrant {
  /** That of this holder. */
  readonly fence: Fence;
  /** Of a reservation: those that were free. */
  readonly values?: readonly string[] | undefined;
}

/** How it went on: `granted` or `failed` once, and `lost` at most once after `granted`. */
export interface ReachEvents {
  /** It is held from now on. @param grant what of it, and its fence */
  granted(grant: ReachGrant): void;
  /** It will not be granted. @param error LEASE_TAKEN, LEASE_INVALID, REACH_UNAVAILABLE */
  failed(error: CarpoolError): void;
  /** Before the same may be granted to another host. @param error LEASE_LOST */
  lost(error: CarpoolError): void;
}

/** What is held, or waited for. */
export interface ReachLease {
  /** Gives it back, or stops waiting. @param amount of its weight; default: all that is left */
  release(amount?: number): void;
  /** A clause for the error of a wait that was too long: what holds it, or what is wrong. */
  describe(): string;
}

/** Of one host. */
export interface ReachConnection {
  /** Resolves when leases can be granted, or when it is known that they cannot. Tests start after it. Does not reject. */
  ready(): Promise<void>;
  /** Answers later, never before it returns. */
  acquire(wanted: ReachWanted, events: ReachEvents): ReachLease;
  /** The value of `once` that a host of the run has stored. @throws CarpoolError REACH_UNAVAILABLE */
  load(key: string): Promise<Uint8Array | undefined>;
  /** @throws CarpoolError REACH_UNAVAILABLE, LEASE_INVALID if it is too large */
  store(key: string, value: Uint8Array): Promise<void>;
  /** Gives all back. Resolves when the connection has ended, within 5 s. Does not reject. */
  close(): Promise<void>;
}
