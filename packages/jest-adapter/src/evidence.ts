/** What the children said when a test failed, right under what the test said. */
import type { SessionEvidence } from 'carpool/client';

/** @param errors of the test, as Jest keeps them: errors, pairs of an error and where it was, or whatever was thrown */
export function showEvidence(errors: unknown[], found: readonly SessionEvidence[]): void {
  const [first] = errors;
  const shown: unknown = Array.isArray(first) ? (first[0] ?? first[1]) : first;
  const { message = '' } = (typeof shown === 'object' && shown !== null ? shown : {}) as { message?: unknown };
  const text = found.map((evidence) => describe(evidence, String(message))).join('');
  if (text === '' || append(shown, text)) return;
  // A string, a frozen error: it gets a neighbour.
  const title = 'What the sessions of this test said last';
  errors.push({ message: title + text, stack: `${title}${text}` });
}

function append(error: unknown, text: string): boolean {
  if (typeof error !== 'object' || error === null || !('message' in error)) return false;
  try {
    // Jest shows the stack, or the message where there is no stack; the message stands in the stack too.
    for (const key of ['message', 'stack'] as const) {
      const old = (error as Record<string, unknown>)[key];
      if (typeof old === 'string') (error as Record<string, unknown>)[key] = beforeFrames(old, text);
    }
    return true;
  } catch {
    return false;
  }
}

/** Jest takes the first line that looks like a frame for the end of the message. */
function beforeFrames(old: string, text: string): string {
  const end = /\n\s*at\s.*:\d+:\d+/.exec(old)?.index ?? old.length;
  return `${old.slice(0, end)}${text}\n${old.slice(end)}`;
}

function describe({ pool, session, stderr, stdout, messages, exit }: SessionEvidence, known: string): string {
  const parts = [`\n\n── ${pool}, session ${session} ──`];
  if (exit !== undefined) parts.push(`the child ${exit}`);
  if (messages !== undefined && messages.length > 0) parts.push('last messages:', barred(messages.join('\n')));
  // The error of a child that died has the rest already.
  if (stderr && !known.includes(stderr.trimEnd())) parts.push('end of its stderr:', barred(stderr));
  if (stdout && !known.includes(stdout.trimEnd())) parts.push('no message, but on its stdout:', barred(stdout));
  return parts.length === 1 ? '' : parts.join('\n');
}

/** With a bar, so that a stack of the child is not taken for the stack of the error. */
function barred(text: string): string {
  return text.trimEnd().replace(/^/gm, '  │ ');
}
