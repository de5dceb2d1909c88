/** A registration that another host is to take: thrown through what expects a session, on both sides of the wire. */
import type { ErrorCode } from '../base/error-kinds.ts';

/** The host of another machine, on which this run is open. */
export interface Destination {
  /** Random. */
  readonly host: string;
  /** Of its machine, for people. */
  readonly name: string;
  /** Of the run on that host. */
  readonly address: string;
}

/** "ci-2 (10.0.0.6:7000)", for people: machines may have the same name. @param place HOST:PORT; absent: it is not known */
export function machineName(name: string, place: string | undefined): string {
  return place === undefined ? name : `${name} (${place})`;
}

/** In place of a session, for a worker that has sent `tried`: it is to register there, in the same way. */
export interface RegisterElsewhere {
  readonly elsewhere: Destination;
}

/** A host of another machine to which a registration was sent. */
export interface TriedHost extends Pick<Destination, 'host'> {
  /** As of `machineName`. */
  readonly name: string;
  /** Why it does not have the session. Absent: it waits there, and the worker looks whether another one has a slot now. */
  readonly failure?: { readonly code: ErrorCode; readonly message: string } | undefined;
}

/** Each host once, so that what a call hands on stays small however long it waits. @param last what has come of the last one */
export function triedAnew(tried: readonly TriedHost[], last: TriedHost): TriedHost[] {
  return [...tried.filter(({ host }) => host !== last.host), last];
}

export class Elsewhere extends Error {
  readonly destination: Destination;

  constructor(destination: Destination) {
    super(`the session is registered on ${destination.name}`);
    this.destination = destination;
  }

  /** As it travels. */
  get result(): RegisterElsewhere {
    return { elsewhere: this.destination };
  }
}
