/**
 * Holds back messages that a session of the renderer would lose. Seen with plushie-renderer 0.7.1:
 *
 * - From `interact` to `interact_response` the renderer takes the next message, whatever it is, as the answer to its
 *   next step, and swallows it. So the gate lets one `snapshot` or `patch` pass for each step; everything else waits for
 *   the response.
 * - When more than 512 messages wait for a session, the renderer forgets the later ones until another message comes, and
 *   at 1,024 it ejects the session. Most messages have no reply that would show that the renderer took them. So the gate
 *   asks a question of its own now and then. A session takes everything in order, so the answer shows how far it is.
 * - From `reset` to `session_closed` the renderer refuses every message of the session. What comes after it belongs to a
 *   fresh session under the same id, and waits until then.
 */
import type { Gate } from 'carpool/protocol';

/** Most messages that the renderer may not have taken yet: with the question and a `reset` still below 512. */
const most = 500;
/** Messages from one question to the next. */
const stride = most / 2;

/** What the dialect reads of a message. One list, so that each message is scanned once. */
export const fieldNames = ['session', 'type', 'id', 'family', 'kind', 'tag'] as const;

interface Question {
  readonly id: string;
  /** How many messages came before it. */
  readonly covers: number;
}

export interface PlushieGateOptions {
  /** Sends a request in the session; its reply passes the gate and goes no further. */
  readonly ask: (request: object) => void;
  /** The session has begun anew: sends what each session begins with. */
  readonly begin: () => void;
}

export interface PlushieGate extends Gate {
  /** A `reset` of the session's own is on its way. */
  readonly resetting: boolean;
}

export function plushieGate({ ask, begin }: PlushieGateOptions): PlushieGate {
  let resetting = false;
  let interacting = false;
  let steps = 0;
  let sent = 0;
  let taken = 0;
  let questions = 0;
  let open: Question | undefined;
  /** While the question is on its way out, nothing else may pass: two messages could change places. */
  let asking = false;

  function askIfDue(): void {
    if (resetting || interacting || open !== undefined || sent - taken < stride) return;
    open = { id: `carpool:${++questions}`, covers: sent };
    asking = true;
    try {
      // A `find` without a selector costs the renderer nothing; the answer is `null`.
      ask({ type: 'query', id: open.id, target: 'find' });
    } catch {
      // It was not sent. The next message tries again.
      open = undefined;
    } finally {
      asking = false;
    }
  }

  return {
    get resetting() {
      return resetting;
    },
    admits(frame) {
      if (resetting) return false;
      if (asking) return frame.fields(fieldNames)['id'] === open?.id;
      if (interacting) {
        const { type } = frame.fields(fieldNames);
        // A reset gives the interaction up.
        return type === 'reset' || (steps > 0 && isAnswerToStep(type));
      }
      return sent - taken < most;
    },
    // Only a reset and the answers to steps pass an interaction.
    kind(frame) {
      const { type } = frame.fields(fieldNames);
      if (type === 'reset') return 'reset';
      return isAnswerToStep(type) ? 'answer' : 'other';
    },
    sent(frame) {
      const { type } = frame.fields(fieldNames);
      sent++;
      if (type === 'reset') resetting = true;
      else if (type === 'interact') interacting = true;
      else if (interacting && isAnswerToStep(type)) steps--;
      askIfDue();
    },
    received(frame) {
      const { type, id, family } = frame.fields(fieldNames);
      if (type === 'interact_step') steps++;
      if (type === 'interact_response') {
        interacting = false;
        steps = 0;
        taken = sent;
      }
      if (resetting && family === 'session_closed') {
        resetting = false;
        interacting = false;
        steps = 0;
        taken = sent;
        open = undefined;
        begin();
        return;
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
