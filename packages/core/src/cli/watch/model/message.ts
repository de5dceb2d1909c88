/** A message of a session, as it is shown. */

export interface Message {
  readonly kind: 'before' | 'in' | 'lost' | 'out' | 'unanswered';
  /** Milliseconds since 1970. Absent where it is not known. */
  readonly time?: number | undefined;
  readonly text: string;
}

/** In front of the text. What was said before has its own. */
export const marks: Readonly<Record<Message['kind'], string>> = {
  before: '',
  unanswered: 'no reply ',
  in: '← ',
  out: '→ ',
  lost: '! ',
};

/** "14:03:09", in the time zone of this process. */
export function timeOfDay(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
