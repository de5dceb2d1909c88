/**
 * What a session of the renderer can bear, and when. Seen with plushie-renderer 0.7.1:
 *
 * - From `interact` to `interact_response` it takes the next message, whatever it is, as the answer to its next step,
 *   and swallows it. So only one `snapshot` or `patch` passes for each step; everything else waits for the response.
 * - It ejects a session in which 1,024 messages wait. So further ones wait here while replies are owed.
 */
import type { Frame } from '../../codec/frame.ts';
import type { Gate } from '../../protocol/protocol.ts';
import { requestTypes } from './messages.ts';

const most = 900;
const typeField = ['type'] as const;

export function plushieGate(): Gate {
  let interacting = false;
  let steps = 0;
  let sent = 0;
  let answered = 0;
  /** How many messages had been sent with each request that is not answered yet: replies come in order. */
  const owed: number[] = [];

  return {
    admits(frame) {
      if (!interacting) return sent - answered < most || owed.length === 0;
      return steps > 0 && isAnswerToStep(typeOf(frame));
    },
    sent(frame) {
      const type = typeOf(frame);
      sent++;
      if (type === 'interact') interacting = true;
      else if (interacting && isAnswerToStep(type)) steps--;
      if (type !== undefined && requestTypes.has(type)) owed.push(sent);
    },
    received(frame) {
      const type = typeOf(frame);
      if (type === 'interact_step') steps++;
      if (type === 'interact_response') {
        interacting = false;
        steps = 0;
      }
      if (type !== undefined && (type.endsWith('_response') || type.endsWith('_ack'))) {
        answered = owed.shift() ?? answered;
      }
    },
  };
}

function isAnswerToStep(type: string | undefined): boolean {
  return type === 'snapshot' || type === 'patch';
}

function typeOf(frame: Frame): string | undefined {
  const { type } = frame.fields(typeField);
  return typeof type === 'string' ? type : undefined;
}
