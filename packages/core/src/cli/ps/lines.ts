/** Lines of a tree, in the width of a terminal. */
import { printable } from '../../base/printable.ts';

/** Columns by which a level is indented, and by which a line that goes on is, too. */
const step = 2;
/** Fewer are no width. */
const narrowest = 20;

/** @param width columns; Infinity: each line stays one */
export function line(level: number, text: string, width: number): string {
  const indent = ' '.repeat(level * step);
  const clean = printable(text);
  if (width === Infinity || indent.length + clean.length <= width) return indent + clean;
  const going = ' '.repeat(level * step + 2 * step);
  const lines: string[] = [];
  let current = indent;
  for (const word of clean.split(' ')) {
    const begun = current.trim() !== '';
    if (begun && current.length + 1 + word.length > Math.max(width, narrowest)) {
      lines.push(current);
      current = going + word;
    } else current += begun ? ` ${word}` : word;
  }
  return [...lines, current].join('\n');
}
