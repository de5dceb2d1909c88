/** A registration that another host is to take: thrown through what expects a session, on both sides of the wire. */
import type { RegisterElsewhere } from './messages.ts';

export type Destination = RegisterElsewhere['elsewhere'];

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
