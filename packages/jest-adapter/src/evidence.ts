/** What the children said when a test failed, right under what the test said. */
import { evidenceText, isCarpoolError, withoutOwnFrames, type SessionEvidence } from 'carpool/adapter/test-process';

/**
 * Takes Carpool's own frames away: the function of the test is called by one of Carpool's. They stay where the mistake is
 * Carpool's.
 * @param errors as those of `showEvidence`
 */
export function hideFrames(errors: readonly unknown[]): void {
  for (const error of errors.flat()) {
    if (isCarpoolError(error) && error.blame === 'carpool') continue;
    const [stack, message] = [textOf(error, 'stack'), textOf(error, 'message')];
    const hidden = withoutOwnFrames(stack, stack.includes(message) ? message : '');
    // A frozen error stays as it is.
    if (hidden !== stack) Reflect.set(error as object, 'stack', hidden);
  }
}

/** @param errors of the test, as Jest keeps them: errors, pairs of what was thrown and where the test is, or strings */
export function showEvidence(errors: unknown[], found: readonly SessionEvidence[]): void {
  const [first] = errors;
  const [thrown, place] = (Array.isArray(first) ? first : [first]) as readonly unknown[];
  const shown = thrown ?? place;
  const cause = typeof shown === 'object' && shown !== null && 'cause' in shown ? shown.cause : undefined;
  const text = evidenceText(found, { message: textOf(shown, 'message'), cause });
  if (text === '') return;
  // A time-out, of which Jest 30 would make two errors with the same text.
  if (typeof thrown === 'string') {
    errors[0] = [errorOf(thrown, place, text), place];
    return;
  }
  if (append(shown, text)) return;
  // A frozen error gets a neighbour, at the same place.
  const message = `What the sessions of the test said last:${text}`;
  errors.push({ message, stack: message + framesOf(shown, place) });
}

/** What was thrown as Jest shows it, where the test is. */
function errorOf(thrown: string, place: unknown, text: string): Error {
  const message = `thrown: "${thrown}"${text}`;
  return Object.assign(new Error(message), { stack: message + framesOf(place) });
}

function textOf(error: unknown, key: 'message' | 'stack'): string {
  const text = typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[key] : undefined;
  return typeof text === 'string' ? text : '';
}

function framesOf(...places: readonly unknown[]): string {
  return places.map((place) => firstFrame.exec(textOf(place, 'stack'))?.[0]).find((found) => found !== undefined) ?? '';
}

/** The stack from its first frame on. Jest itself finds the end of a message in the same way. */
const firstFrame = /\n\s*at\s.*:\d+:\d+[^]*/;

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

function beforeFrames(old: string, text: string): string {
  const end = firstFrame.exec(old)?.index ?? old.length;
  return `${old.slice(0, end)}${text}\n${old.slice(end)}`;
}
