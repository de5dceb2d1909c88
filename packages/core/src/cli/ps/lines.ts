/** Lines of a tree, in the width of a terminal. */

/** Columns by which a level is indented, and by which a line that goes on is, too. */
const step = 2;
/** Fewer are no width. */
const narrowest = 20;

/** What others have written, such as the title of a test, must not move the cursor or end the line. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');
}

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
