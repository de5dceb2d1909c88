/** Differences of messages, as lines of text. */
import { redactText } from '../base/redact.ts';
import type { Recorded } from '../base/transcript-value.ts';
import type { Compared, Difference } from './compare.ts';

/** Characters of a value, and those that a long text shows before its first difference. */
const longest = 80;
const before = 24;

/** A line for each: "`.by`: recorded 2, now 3". */
export function differenceLines({ differences, more }: Pick<Compared, 'differences' | 'more'>): string[] {
  const lines = differences.map(lineOf);
  return more === 0 ? lines : [...lines, `and ${more} more`];
}

function lineOf({ path, recorded, now }: Difference): string {
  const place = path === '' ? 'the message' : path;
  if (typeof recorded === 'string' && typeof now === 'string' && Math.max(recorded.length, now.length) > longest - 2) {
    const from = firstDifference(recorded, now);
    return `${place}: from character ${from + 1} on, recorded ${around(recorded, from)}, now ${around(now, from)}`;
  }
  return `${place}: recorded ${shown(recorded)}, now ${shown(now)}`;
}

/** On one line, cut where it is long. */
export function shown(value: Recorded | undefined, most: number = longest): string {
  if (value === undefined) return 'nothing';
  const text = redactText(JSON.stringify(value));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

function around(text: string, at: number): string {
  const from = Math.max(0, at - before);
  const piece = text.slice(from, from + longest);
  const shownPiece = redactText(JSON.stringify(piece));
  return `${from > 0 ? '…' : ''}${shownPiece}${from + longest < text.length ? '…' : ''}`;
}
