import type { CallSite, CarpoolError } from '../../base/errors.ts';
import type { SharedWorkerRequest } from '../../wire/messages.ts';
import type { MessageListener } from './connection.ts';
import type { SharedWorkerConnections } from './connections.ts';

/** The test's side of a membership. */
export interface MembershipListener extends MessageListener {
  /** The worker is gone, or could not be started. Called at most once. */
  lost(error: CarpoolError): void;
  /** The file has ended. */
  left(): void;
  /** Runs the teardowns that were registered for the end of the file. */
  teardown(): Promise<void>;
}

export interface MembershipOptions {
  readonly request: Omit<SharedWorkerRequest, 'method'>;
  readonly listener: MembershipListener;
  /** Where it was registered. */
  readonly site: CallSite;
  /** The URL of the test file. */
  readonly file: string;
  /** The tests of the file fail without it. */
  readonly required: boolean;
  readonly connections: () => Promise<SharedWorkerConnections>;
  /** The id of the file's test worker. */
  readonly testWorker: (connections: SharedWorkerConnections) => string;
  /** Counts the messages of the file, over all its memberships. */
  readonly next: () => number;
}
