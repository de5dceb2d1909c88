/** What others have written, such as the title of a test, must not move the cursor, end the line, or turn its direction. */

// eslint-disable-next-line no-control-regex
const moving = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

// eslint-disable-next-line no-control-regex
const movingInLines = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** Of several lines: a stack. */
export function printableLines(text: string): string {
  return text.replaceAll(movingInLines, ' ');
}

export function printable(text: string): string {
  return text.replaceAll(moving, ' ');
}
