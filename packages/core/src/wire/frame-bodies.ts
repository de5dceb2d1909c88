/** What the JSON bodies of the frames hold that are neither CALL nor RESULT. */
import type { ErrorRecord } from '../base/errors.ts';
import type { ClosedBy, WireId } from '../protocol/protocol.ts';
import type { OwnerPath } from './owner-path.ts';

/** The body of RELEASE. Empty: all of it. */
export interface ReleaseBody {
  readonly amount: number;
}

/** The body of END. */
export interface EndBody {
  readonly owner: OwnerPath;
  /** It is a test that has failed. */
  readonly failed?: boolean | undefined;
}

/** The body of LOCATE. */
export interface LocateBody {
  /** `file:line:column` of the call that took the lease. */
  readonly at: string;
}

/** The body of REFUSE. */
export interface RefuseBody {
  /** Half a sentence. */
  readonly reason: string;
}

/** The body of ADOPTED. */
export interface AdoptedBody {
  readonly wireId: WireId;
}

/** The body of CLOSED. */
export interface ClosedBody {
  readonly by: ClosedBy;
  readonly reason: string;
  readonly error?: ErrorRecord | undefined;
}

/** The body of FAILED. */
export type FailedBody = ErrorRecord;

/** The body of LOST: LEASE_LOST. */
export type LostBody = ErrorRecord;

/** The body of PRINT. */
export interface PrintBody {
  readonly text: string;
}
