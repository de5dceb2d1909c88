/** What `carpool replay` has found, and its words for it. */
import type { CarpoolError } from '../../base/errors.ts';
import type { Recorded } from '../../base/transcript-value.ts';
import type { Difference } from '../../replay/compare.ts';

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

/** The refusal is that which was recorded, as far as its text says. */
export function says({ message }: CarpoolError, m: Recorded): boolean {
  if (typeof m !== 'object' || m === null || Array.isArray(m)) return true;
  const { error, message: text } = m as { readonly [name: string]: Recorded };
  const said = typeof error === 'string' ? error : text;
  return typeof said !== 'string' || message.includes(said);
}

export function firstLine({ message }: CarpoolError): string {
  return message.split('\n', 1)[0] ?? '';
}
