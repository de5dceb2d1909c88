/** What a function of a protocol throws because of a mistake in it, as an error that blames the protocol. */
import { barred, CarpoolError, isCarpoolError, userFrames } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';

/** What only a mistake in a program throws. Any other error may be what the protocol has to say. */
const defects: readonly string[] = ['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError'];
const framesShown = 3;

/** PROTOCOL_FAILED, if what a function of the protocol threw is a mistake in it. */
export function protocolError(what: string, protocol: string, thrown: unknown): CarpoolError | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('name' in thrown)) return undefined;
  if (isCarpoolError(thrown) || !defects.includes(String(thrown.name))) return undefined;
  return brokenProtocol(what, protocol, thrown);
}

/** PROTOCOL_FAILED, with the stack of what was thrown: the one that the error has itself is of no use. */
export function brokenProtocol(what: string, protocol: string, thrown: unknown): CarpoolError {
  const error = typeof thrown === 'object' && thrown !== null ? (thrown as { name?: unknown; stack?: unknown }) : {};
  const name = typeof error.name === 'string' ? `${error.name}: ` : '';
  const frames = userFrames(typeof error.stack === 'string' ? error.stack : '').slice(0, framesShown);
  const stack = frames.map((frame) => `\n${barred(frame.trim())}`).join('');
  const message = `\`${what}\` of protocol "${protocol}" threw ${name}${messageOf(thrown)}${stack}`;
  return new CarpoolError('PROTOCOL_FAILED', message, { context: { protocol, function: what }, cause: thrown });
}
