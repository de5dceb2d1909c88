/** The codec of a child that speaks no protocol on its pipes: a server. Nothing can be written in it. */
import { CarpoolError } from '../base/errors.ts';
import type { Codec, Format } from './codec.ts';
import { newlineDelimited } from './delimited.ts';

/** What a session of a server answers to `send`, `request` and the like. */
export function noMessagesError(): CarpoolError {
  const message =
    'The session of a server carries no messages: what `open` of its config returned is in `session.opened`';
  return new CarpoolError('SESSION_MISUSED', message);
}

const refuse = (): never => {
  throw noMessagesError();
};

export const noMessages: Format = { name: 'none', encode: refuse, decode: refuse };

export const noMessagesCodec: Codec = { name: 'none', framing: newlineDelimited, format: noMessages };
