/**
 * What a child that sends nothing at all seems to be stuck in. Most children answer one message after another, so the one
 * that is stuck in the request of one session fails the requests of all others, whose tests have done nothing wrong.
 */
import type { Journal, Speaker } from './journal.ts';
import { speakerName } from './journal.ts';
import { describeKept, type KeptFrame } from './kept-frame.ts';
import type { WaitingCalls } from './connection.ts';

/** A conversation, as far as it is looked at here. */
export interface Asker {
  readonly speaker: Speaker;
  readonly calls: Pick<WaitingCalls, 'oldestCall'>;
}

interface Unanswered {
  readonly speaker: Speaker;
  readonly sent: KeptFrame;
}

/** True if nothing has come since this session has sent something. */
export function isSilentFor(own: Speaker, journal: Journal): boolean {
  return journal.unanswered().some(({ speaker }) => speaker === own);
}

/** For the evidence of a session: a sentence, if the child is silent and another session seems to be the cause. */
export function stuckIn(own: Speaker, journal: Journal, askers: Iterable<Asker>): string | undefined {
  if (!isSilentFor(own, journal)) return undefined;
  const oldest = oldestUnanswered(journal, askers);
  if (oldest === undefined || oldest.speaker === own) return undefined;
  return `the child sends nothing at all; ${describe(oldest)}`;
}

/** Half a sentence: what the child has not answered, and whose it is. */
export function describeSilence(journal: Journal, askers: Iterable<Asker>): string | undefined {
  const oldest = oldestUnanswered(journal, askers);
  return oldest && describe(oldest);
}

/** A child that takes one message after another is stuck in the oldest request, or in what it was sent last without one. */
function oldestUnanswered(journal: Journal, askers: Iterable<Asker>): Unanswered | undefined {
  let oldest: (Unanswered & { readonly number: number }) | undefined;
  for (const { speaker, calls } of askers) {
    const call = calls.oldestCall;
    if (call?.sent === undefined || (oldest !== undefined && oldest.number < call.number)) continue;
    oldest = { speaker, sent: call.sent, number: call.number };
  }
  if (oldest !== undefined) return oldest;
  const [first] = journal.unanswered();
  return first && { speaker: first.speaker, sent: first.frame };
}

function describe({ sent, speaker }: Unanswered): string {
  return `the oldest message that it has not answered is ${describeKept(sent)} (${speakerName(speaker)})`;
}
