/**
 * What bodies are written in where the child's own format is an object of the config, which workers do not have. Its values
 * may be any that structured clone carries, and they arrive as they are in process.
 */
import { CarpoolError } from '../base/errors.ts';
import type { Format } from '../codec/codec.ts';
import { notPlainIn } from '../realm/not-plain.ts';
import { clone, revive } from '../realm/structured-clone.ts';

export const clonedFormat: Format = {
  name: 'structured-clone',
  encode(message) {
    const found = notPlainIn(message);
    if (found !== undefined) throw uncloneable(`\`message${found.path}\` is ${found.what}`);
    return clone(message, 'message', {
      keepBuffers: true,
      failed: (reason, cause) => uncloneable(reason, cause),
    });
  },
  decode: revive,
};

function uncloneable(reason: string, cause?: unknown): CarpoolError {
  const message = `Cannot pass a message between a test and the host: ${reason}, and only plain data, Map, Set, Date, RegExp, Error, buffers and typed arrays arrive whole; let the format of the codec take and return these`;
  return new CarpoolError('FRAME_MALFORMED', message, { scope: 'call', blame: 'setup', cause });
}
