/** What `carpool replay` has found, and its words for it. */
import { toRecord, type CarpoolError } from '../../base/errors.ts';
import { redactText } from '../../base/redact.ts';
import { refusedMessage } from '../../base/refused-message.ts';
import type { Recorded } from '../../base/transcript-value.ts';
import { isSame, type Difference } from '../../replay/compare.ts';
import type { RecordedIn } from '../../replay/recorded-session.ts';

/** One answer that is another one than then. */
export interface Finding {
  readonly pool: string;
  readonly test?: string | undefined;
  readonly file?: string | undefined;
  /** As it was recorded. */
  readonly session: string;
  /** "the reply to {…}". */
  readonly what: string;
  /** Where it differs. Absent: it is missing, or something else came. */
  readonly differences?: readonly Difference[] | undefined;
  readonly more?: number | undefined;
  /** A sentence, where there is nothing to compare. */
  readonly found?: string | undefined;
}

export const nouns = {
  reply: 'the reply',
  refusal: 'the refusal',
  step: 'a step of the reply',
  event: 'the event',
  ask: 'the question',
} as const;

export function nameOfBox(name: string): string {
  return name === 'event' ? 'an event' : name === 'ask' ? 'a question' : `a ${name.split(' ', 1)[0]}`;
}

/** The request is refused now as it was then. Old transcripts do not have what the protocol had found in the message. */
export function isRefusedAlike(error: CarpoolError, { m, refusal }: Pick<RecordedIn, 'm' | 'refusal'>): boolean {
  if (refusal === undefined) return says(error, m);
  const { code, message } = refusal;
  const { childCode } = error.context;
  const then = codeText(code);
  const now = codeText(childCode);
  if (!isSame(then, now)) return false;
  // Where a message has no text of its own, it stands there as a whole, with its ids.
  if (message.startsWith('{')) return says(error, m);
  return isSame(redactText(refusedMessage({ code, message })), redactText(toRecord(error).message));
}

/** As a transcript has it. */
function codeText(code: unknown): string | null {
  return typeof code === 'string' ? redactText(code) : null;
}

/** As far as its text says. */
function says({ message }: CarpoolError, m: Recorded): boolean {
  if (typeof m !== 'object' || m === null || Array.isArray(m)) return true;
  const { error, message: text } = m as { readonly [name: string]: Recorded };
  const said = typeof error === 'string' ? error : text;
  return typeof said !== 'string' || message.includes(said);
}

export function firstLine({ message }: CarpoolError): string {
  return message.split('\n', 1)[0] ?? '';
}
