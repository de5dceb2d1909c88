/**
 * Connections that this process has refused, for what writes them down. A channel of Node: what refuses one is far from the
 * log, and does nothing where nobody listens.
 */
import { channel } from 'node:diagnostics_channel';

export interface RefusedConnection {
  /** The address of its machine. Absent: this one. */
  readonly from: string | undefined;
  /** As it says itself: anything. */
  readonly runner?: unknown;
  readonly pid?: unknown;
  /** In half a sentence. No token. */
  readonly why: string;
}

const refused = channel('carpool:refused');

export function tellRefused(connection: RefusedConnection): void {
  if (refused.hasSubscribers) refused.publish(connection);
}

/** @returns ends it */
export function onRefused(listener: (connection: RefusedConnection) => void): () => void {
  const take = (message: unknown): void => listener(message as RefusedConnection);
  refused.subscribe(take);
  return () => {
    refused.unsubscribe(take);
  };
}
