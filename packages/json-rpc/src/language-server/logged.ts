/** Errors that a server only logs, or shows to the user of an editor. */
import type { LoggedError } from 'carpool/protocol';
import type { JsonRpcEvent } from '../messages.ts';

/** What becomes of them: a warning of the pool and evidence of failing tests, or evidence alone. */
export type LoggedErrors = 'warn' | 'evidence';

const methods: ReadonlySet<unknown> = new Set([
  'window/logMessage',
  'window/showMessage',
  'window/showMessageRequest',
] satisfies string[]);

/** `MessageType.Error` of the protocol. */
const error = 1;

/** Whether a message of this method may be such an error: what it holds is looked at only then. */
export function mayLog(method: string): boolean {
  return methods.has(method);
}

/** The error that such a message is. */
export function loggedIn({ params }: JsonRpcEvent, loggedErrors: LoggedErrors): LoggedError | undefined {
  const { type, message } = (params ?? {}) as { readonly type?: unknown; readonly message?: unknown };
  if (type !== error || typeof message !== 'string') return undefined;
  const advice = "`loggedErrors: 'evidence'` of the pool shows it only where a test fails";
  return { message, warn: loggedErrors === 'warn', advice };
}
