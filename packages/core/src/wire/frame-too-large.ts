/** A message of a session that its pool does not allow, refused by the worker itself, and by the host for other clients. */
import { CarpoolError } from '../base/errors.ts';

export function frameTooLarge(size: number, limit: number): CarpoolError {
  const text = `Cannot send: the message has ${size} bytes, and the limit is ${limit}; raise \`maxFrameBytes\``;
  return new CarpoolError('FRAME_TOO_LARGE', text, {
    scope: 'call',
    blame: 'test',
    context: { size, limit, option: 'maxFrameBytes' },
  });
}
