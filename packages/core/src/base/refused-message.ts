/** The text for a request that a child has refused. */

/** What a child gives as its reason. */
interface Reason {
  readonly code?: string | undefined;
  readonly message: string;
}

export function refusedMessage({ code, message }: Reason): string {
  return `The child refused the request${code === undefined ? '' : ` (${code})`}: ${message}`;
}
