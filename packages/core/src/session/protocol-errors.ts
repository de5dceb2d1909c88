/** What a function of a protocol throws because of a mistake in it, as an error that blames the protocol. */
import { barred, CarpoolError, isCarpoolError, userFrames } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import type { Frame } from '../codec/frame.ts';

/** What only a mistake in a program throws. Any other error may be what the protocol has to say. */
const defects: readonly string[] = ['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError'];
const framesShown = 3;

/** PROTOCOL_FAILED, if what a function of the protocol threw is a mistake in it. */
export function protocolError(what: string, protocol: string, thrown: unknown): CarpoolError | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('name' in thrown)) return undefined;
  if (isCarpoolError(thrown) || !defects.includes(String(thrown.name))) return undefined;
  return brokenProtocol(what, protocol, thrown);
}

/**
 * PROTOCOL_FAILED, with the stack of what was thrown: the one that the error has itself is of no use.
 * @param on the message that it was called with
 */
export function brokenProtocol(what: string, protocol: string, thrown: unknown, on?: Frame): CarpoolError {
  const name = typeof thrown === 'object' && thrown !== null && 'name' in thrown ? `${String(thrown.name)}: ` : '';
  const stack = framesOf(thrown).map((frame) => `\n${barred(frame)}`);
  const called = on === undefined ? '' : `\n  on the message ${on.toString()}`;
  const message = `\`${what}\` of protocol "${protocol}" threw ${name}${messageOf(thrown)}${stack.join('')}${called}`;
  return new CarpoolError('PROTOCOL_FAILED', message, { context: { protocol, function: what }, cause: thrown });
}

/** Where it was thrown, "at route (…)", if that is in code of the user. */
export function firstFrame(thrown: unknown): readonly string[] {
  return framesOf(thrown).slice(0, 1);
}

function framesOf(thrown: unknown): readonly string[] {
  const stack = typeof thrown === 'object' && thrown !== null && 'stack' in thrown ? thrown.stack : undefined;
  if (typeof stack !== 'string') return [];
  return userFrames(stack)
    .slice(0, framesShown)
    .map((frame) => frame.trim());
}
