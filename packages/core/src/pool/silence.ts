/** In words: what a child that may be blocked has not done, and whose session that was. */
import type { Conversation } from '../session/conversation.ts';
import { speakerName } from '../session/journal.ts';
import type { Doubt } from '../session/listener.ts';
import type { ServerPart } from '../server/types.ts';
import type { PoolSettings } from './options.ts';

/** A child that has not answered. */
export interface Silence {
  /** The session after which it was asked. */
  readonly session: string;
  /** Half a sentence. */
  readonly what: string;
  /** A sentence, for the error of the test that had this session. */
  readonly ofItself?: string;
  /** Its test has no use for it any more. */
  readonly isOver: boolean;
  /** `doubt`: it may only be busy. `unproven`: for too long, and there is no question that it must answer. */
  readonly verdict: 'proven' | 'unproven' | 'doubt';
}

/** A port accepts connections as long as the system does; an answer is the server's own. */
export function answersProve({ server }: Pick<PoolSettings, 'server'>): boolean {
  const ready = server?.ready;
  return ready === undefined || typeof ready === 'function' || 'http' in ready;
}

/** Why it gets no sessions at the moment, half a sentence. */
export function whyHeldBack({ speaker }: Conversation, doubt: Doubt | undefined): string {
  const name = speakerName(speaker);
  return doubt === 'failed'
    ? `the test of ${name} has failed, and it has answered nothing since`
    : `it has not confirmed the end of ${name} so far`;
}

export interface Waited {
  /** Milliseconds that it had for an answer. */
  readonly waited: number;
}

interface Ended extends Waited {
  readonly doubt: Doubt | undefined;
  /** The child was asked since then, and not before. */
  readonly wasAsked: boolean;
}

/** The test of a session is over, or has failed, and nothing shows that the child still answers. */
export function afterEnd(
  { server }: PoolSettings,
  { id, speaker, state }: Conversation,
  { doubt, waited, wasAsked }: Ended,
): Silence {
  const name = speakerName(speaker);
  const since = doubt === 'failed' ? `the test of ${name} has failed` : `${name} has ended`;
  const silent = server === undefined ? 'it sent nothing at all' : 'it was not found ready';
  const isOver = state.name !== 'open';
  const silence = {
    session: id,
    what: `${since}, and ${silent} for ${Math.round(waited)} ms`,
    isOver,
    verdict: 'doubt',
  } as const;
  if (server === undefined || doubt !== 'failed' || !wasAsked) return silence;
  const ofItself = `the server does not answer: since this test has failed, ${asked(server)} for ${Math.round(waited)} ms; it may hang in what this test has asked of it; the tests that follow get another server`;
  return { ...silence, ofItself };
}

/** What was not so. */
function asked({ ready }: ServerPart): string {
  if (typeof ready === 'object' && !('http' in ready)) return 'it has accepted no connection';
  return `it was not found ready (${typeof ready === 'function' ? 'its `ready`' : `GET ${ready.http}`})`;
}

/** The end of a session that was not confirmed. */
export interface Unconfirmed extends Waited {
  readonly wasOpened: boolean;
  /** Whose time is over: that of `open`, of the call that wanted the session, of `close`. Absent: none has taken too long. */
  readonly late: 'open' | 'call' | 'close' | undefined;
  readonly verdict: Silence['verdict'];
}

/** The end of a session is not confirmed, and the child answers nothing. */
export function afterUnconfirmed(
  settings: PoolSettings,
  { id, speaker }: Conversation,
  { wasOpened, late, verdict, waited }: Unconfirmed,
): Silence {
  const { server, openTimeout, closeTimeout } = settings;
  // The unanswered messages of any other child name the test.
  const name = server === undefined ? `session ${id}` : speakerName(speaker);
  return { session: id, what: `${undone()}${stillSilent()}`, isOver: true, verdict };

  function undone(): string {
    const time = {
      open: ` within ${Math.round(openTimeout)} ms`,
      call: ' in the time of its call',
      close: ` within ${Math.round(closeTimeout)} ms`,
    };
    const inTime = late === undefined ? '' : time[late];
    return `${wasOpened ? `it did not confirm the end of ${name}` : `it did not open ${name}`}${inTime}`;
  }

  function stillSilent(): string {
    if (server === undefined) return `, and sent nothing at all for ${Math.round(waited)} ms more`;
    if (verdict === 'proven') return `, and was not found ready in the ${Math.round(waited)} ms after that`;
    return '; that it accepts a connection proves nothing: make `ready` a question that it must answer, `{ http }` or a function';
  }
}

/** @param unanswered what it has not answered, half a sentence; absent: it is not known @param asked there is a question that it must answer */
export function stoodStill(what: string, unanswered: string | undefined, asked: boolean): string {
  const parts = unanswered === undefined ? [what] : [what, unanswered];
  const unproven =
    'whether it stands still is not proven: define `probe` in the protocol, a question that it must answer';
  return (asked ? parts : [...parts, unproven]).join('; ');
}
