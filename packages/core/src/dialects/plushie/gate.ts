/**
 * What a session of the renderer can bear, and when. Seen with plushie-renderer 0.7.1:
 *
 * - From `interact` to `interact_response` it takes the next message, whatever it is, as the answer to its next step,
 *   and swallows it. So only one `snapshot` or `patch` passes for each step; everything else waits for the response.
 * - Of the messages that wait for a session it forgets those beyond 512 until another one comes, and at 1,024 it ejects
 *   the session. Most messages have no reply that would tell that they wait no longer. So the gate asks a question of
 *   its own now and then: its answer says how far the renderer has come, since a session takes everything in order.
 */
import type { Gate } from '../../protocol/protocol.ts';

/** Messages of which the renderer has not said that it took them; below 512 by the question and a `reset`. */
const most = 500;
/** Messages from one question to the next. */
const stride = most / 2;

/** What the dialect reads of a message. One list, so that every message is looked into once. */
export const fieldNames = ['session', 'type', 'id', 'family', 'kind', 'tag'] as const;

interface Question {
  readonly id: string;
  /** How many messages came before it. */
  readonly covers: number;
}

/** @param ask sends a request in the session; what is replied is nobody's but the gate's */
export function plushieGate(ask: (request: object) => void): Gate {
  let interacting = false;
  let steps = 0;
  let sent = 0;
  let taken = 0;
  let questions = 0;
  let open: Question | undefined;
  /** While the question is on its way out nothing else may be, lest two messages change places. */
  let asking = false;

  function askIfDue(): void {
    if (interacting || open !== undefined || sent - taken < stride) return;
    open = { id: `carpool:${++questions}`, covers: sent };
    asking = true;
    try {
      // To find nothing costs the renderer nothing; the answer is `null`.
      ask({ type: 'query', id: open.id, target: 'find' });
    } catch {
      open = undefined;
    } finally {
      asking = false;
    }
  }

  return {
    admits(frame) {
      if (asking) return frame.fields(fieldNames)['id'] === open?.id;
      if (interacting) return steps > 0 && isAnswerToStep(frame.fields(fieldNames)['type']);
      return sent - taken < most;
    },
    sent(frame) {
      const { type } = frame.fields(fieldNames);
      sent++;
      if (type === 'interact') interacting = true;
      else if (interacting && isAnswerToStep(type)) steps--;
      askIfDue();
    },
    received(frame) {
      const { type, id } = frame.fields(fieldNames);
      if (type === 'interact_step') steps++;
      if (type === 'interact_response') {
        interacting = false;
        steps = 0;
        taken = sent;
      }
      if (open !== undefined && id === open.id) {
        taken = Math.max(taken, open.covers);
        open = undefined;
      }
      askIfDue();
    },
  };
}

function isAnswerToStep(type: unknown): boolean {
  return type === 'snapshot' || type === 'patch';
}
