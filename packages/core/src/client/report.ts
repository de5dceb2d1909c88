/** What sessions and their children said last, as text for the message of the error of their test. */
import { barred, saysExit } from '../base/errors.ts';
import type { SessionEvidence } from './sessions-evidence.ts';

/** As much of an error as is looked at; runners have types of their own for it. */
export interface ShownError {
  readonly message?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The evidence of a failing test, as text that is appended to the message of its error. Empty if there is none.
 * @param error what is shown already, with its causes: an error of Carpool may carry the same evidence
 */
export function evidenceText(found: readonly SessionEvidence[], error: ShownError = {}): string {
  const message = [...messagesOf(error)].join('\n');
  return found.map((evidence) => describe(evidence, message)).join('');
}

/** Bounded, as a cause may be its own. */
function* messagesOf(error: ShownError, depth = 8): Generator<string> {
  if (error.message !== undefined) yield error.message;
  const { cause } = error;
  if (typeof cause === 'object' && cause !== null && depth > 0) yield* messagesOf(cause, depth - 1);
}

function describe(evidence: SessionEvidence, message: string): string {
  const { pool, session, machine, exit, silence, activity, logged, messages, pending, strays, stderr, stdout } =
    evidence;
  const parts: string[] = [];
  if (exit !== undefined && !saysExit(message, exit)) parts.push(`the child ${exit}`);
  if (silence !== undefined && !message.includes(silence)) parts.push(silence);
  if (activity !== undefined && !message.includes(withoutAge(activity))) parts.push(activity);
  const add = (title: string, text = ''): void => {
    const block = text.trimEnd();
    if (block !== '' && !shows(message, block)) parts.push(`${title}:`, barred(block));
  };
  add('errors that the child has logged', logged?.filter((text) => !shows(message, text)).join('\n'));
  if (session !== '') add('last messages', messages?.filter((line) => !shows(message, line)).join('\n'));
  // Here `messages` are sentences: why there was no session, or what is wrong with a shared worker.
  else parts.push(...(messages ?? []).filter((sentence) => !message.includes(withoutKind(sentence))));
  add('still pending', pending?.join('\n'));
  add('what no session took', strays?.filter((line) => !shows(message, line)).join('\n'));
  add('end of its stderr', stderr);
  add('end of its stdout', stdout);
  const where = machine === undefined ? '' : `, on ${machine}`;
  const title = session === '' ? pool : `${pool}, session ${session}${where}`;
  return parts.length === 0 ? '' : ['', '', `── ${title} ──`, ...parts].join('\n');
}

/** An error may name the shared worker by its file alone. */
function withoutKind(sentence: string): string {
  return sentence.replace(/^The shared worker /, '');
}

/** It was asked for twice, at two times. */
function withoutAge(activity: string): string {
  return activity.replace(/, \d+ ms ago$/, '');
}

function shows(message: string, block: string): boolean {
  return message.includes(block) || message.includes(barred(block));
}
