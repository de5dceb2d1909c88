/** The text for what a child has refused. */

/** What a child gives as its reason. */
interface Reason {
  readonly code?: string | undefined;
  readonly message: string;
}

export function refusedMessage(reason: Reason): string {
  return `The child refused the request${shownCode(reason)}: ${reason.message}`;
}

/** The code of a reason, for the middle of a sentence; empty where there is none. */
export function shownCode(reason: Reason | undefined): string {
  return reason?.code === undefined ? '' : ` (${reason.code})`;
}
