/** Checks what a protocol's `open` returned, so that a mistake in it is an error of the protocol and not a later TypeError. */
import { CarpoolError } from '../base/errors.ts';
import type { Messages, Opened, Protocol } from '../protocol/protocol.ts';

/** @throws CarpoolError CONFIG_INVALID, to the blame of the protocol */
export function checkedOpened(value: unknown, protocol: Protocol<Messages>, session: string): Opened {
  const record = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const { wireId, close } = record;
  const wrong = !(typeof wireId === 'string' || typeof wireId === 'number')
    ? 'no `wireId`, a string or a number'
    : typeof close === 'function'
      ? undefined
      : 'no `close`, a function';
  if (wrong === undefined) return value as Opened;
  const found = value === undefined ? 'nothing' : `something with ${wrong}`;
  const message = `Cannot open session ${session}: \`open\` of the protocol "${protocol.name}" returned ${found}; it must return { wireId, close }`;
  const context = { session, path: 'protocol.open', found };
  throw new CarpoolError('CONFIG_INVALID', message, { scope: 'session', blame: 'setup', context });
}
