/** What the calls of a session fail with. Each sentence stands here once, for both sides of the hub. */
import { callerLocation } from '../base/holder-label.ts';
import type { CallLabel } from '../base/open-calls.ts';
import { CarpoolError, asCarpoolError, errorAt, type CallSite, type Evidence } from '../base/errors.ts';
import { refusedMessage, shownCode } from '../base/refused-message.ts';
import type { Refusal, WireId } from '../protocol/protocol.ts';
import type { ReplyCallbacks } from './pending.ts';
import type { CloseReason, SessionState } from './state.ts';

/** What a session is called; it can learn its name later. `SessionName` objects are shared by the parts of a conversation. */
export interface SessionName {
  id: string;
}

/** What has ended: `label` is for the sentence, `id` for the context. */
export interface Ended {
  readonly id: string;
  readonly label: string;
}

/** For a call that comes after the end. */
export function closedError(
  call: string,
  ended: Ended,
  reason: CloseReason,
  now: number,
  site?: CallSite,
): CarpoolError {
  const age = Math.max(0, Math.round(now - reason.at));
  const message = `Cannot ${call}: ${ended.label} was closed ${reason.reason} ${Math.round(age)} ms ago`;
  const failure = reason.error;
  if (failure === undefined || failure.code === 'SESSION_CLOSED') {
    return new CarpoolError('SESSION_CLOSED', message, {
      context: { session: ended.id, closedBy: reason.by, age },
      site,
    });
  }
  const { code, scope, blame, evidence } = failure;
  const context = { ...failure.context, session: ended.id };
  return new CarpoolError(code, message, { scope, blame, context, evidence, cause: failure, site });
}

/** For a call that needs an open session. */
export function notOpenError(
  call: string,
  ended: Ended,
  { state, now }: { readonly state: SessionState; readonly now: number },
): CarpoolError {
  if ('reason' in state) return closedError(call, ended, state.reason, now);
  return new CarpoolError('SESSION_MISUSED', `Cannot ${call}: session ${ended.id} is not open yet`);
}

/** Requests whose session has ended. */
export function failClosed(
  calls: readonly ReplyCallbacks[],
  { ended, reason, now }: { readonly ended: Ended; readonly reason: CloseReason; readonly now: number },
): void {
  for (const call of calls) call.failed(closedError('wait for a reply', ended, reason, now));
}

/** What a protocol waits for, and what came instead. */
export interface Waiting {
  /** A description of it. Absent: the protocol does not say. */
  readonly expected: string | undefined;
  /** The last messages that it did not take. */
  readonly came: readonly string[];
  /** What came and is no message, or belongs nowhere, each with the reason. Default none. */
  readonly lines?: readonly string[];
}

export interface Unanswered extends Waiting {
  readonly evidence: Evidence;
}

/** A child that did not answer what the protocol's `open` has sent. */
export function openTimeoutError(session: string, timeout: number, unanswered: Unanswered): CarpoolError {
  const message = `Cannot open session ${session}: the child did not answer within ${Math.round(timeout)} ms${instead(unanswered)}`;
  const { evidence } = unanswered;
  return new CarpoolError('SESSION_FAILED', message, { context: { session, timeout }, evidence });
}

/** The child did not confirm in time that a session is gone. */
export function unconfirmedError(session: string, timeout: number, unanswered: Unanswered): CarpoolError {
  const message = `Cannot unregister session ${session}: the child did not confirm its end within ${Math.round(timeout)} ms, so its slot is not used again${instead(unanswered)}`;
  const { evidence } = unanswered;
  return new CarpoolError('REQUEST_TIMEOUT', message, { context: { session, timeout }, evidence });
}

/** As `unconfirmedError`, where it is not known what the protocol waits for. */
export function lateEndError(session: string, timeout: number, evidence: Evidence): CarpoolError {
  return unconfirmedError(session, timeout, { expected: undefined, came: [], evidence });
}

/** A call of a session whose time is over. */
export interface LateCall {
  /** What did not come, for how long, and what came instead. */
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly site: CallSite;
  /** The last ones of the session. */
  readonly messages: Evidence['messages'];
}

/** @param known what is known of the child beside the messages of the session */
export function lateCallError({ messages, message, ...call }: LateCall, known: Evidence): CarpoolError {
  const { strays, silence, activity, logged } = known;
  const evidence = { messages, strays, silence, activity, logged };
  return new CarpoolError('REQUEST_TIMEOUT', message, { ...call, evidence });
}

/** The host, which knows of the child, does not say why. @param silence what is known of the host, in half a sentence */
export function lateHostError(call: LateCall, silence: string | undefined): CarpoolError {
  // Too short to prove anything.
  if (silence === undefined)
    return lateCallError(call, { silence: 'the host did not say in time what it knows of this' });
  const { messages, message, ...rest } = call;
  return new CarpoolError('HUB_LOST', `${message}: ${silence}`, { ...rest, blame: 'setup', evidence: { messages } });
}

/** At the deadline of `hello`. @param lines what came that is no message */
export function noHelloError(timeout: number, waiting: Waiting, lines: readonly string[]): CarpoolError {
  const message = `The child said no hello within ${Math.round(timeout)} ms${instead({ ...waiting, lines })}`;
  const context = { timeout, came: waiting.came.length + lines.length };
  const evidence = lines.length === 0 ? {} : { strays: lines };
  return new CarpoolError('CHILD_NO_HELLO', message, { context, evidence });
}

/** "; expected {type: "closed"}, and {type: "error"} came"; empty where the protocol does not say. */
function instead({ expected, came, lines = [] }: Waiting): string {
  const [line] = lines.slice(-1);
  if (expected === undefined && came.length === 0 && line === undefined) return '';
  const wanted = expected === undefined ? '' : `expected ${expected}, and `;
  if (came.length === 0 && line === undefined) return `; ${wanted}nothing came`;
  if (came.length === 0) return `; ${wanted}what came was no message of it: ${line?.replace(/^← /, '')}`;
  return `; ${wanted}${came.join(', ')} came${expected === undefined ? ', which its protocol did not wait for' : ''}`;
}

/** What `close` of a protocol failed with: often the child's own words. */
export function closeFailure(session: string, thrown: unknown): CarpoolError {
  return asCarpoolError(thrown, 'SESSION_FAILED', `Cannot close session ${session}`);
}

/** For a message that could not be sent, at the line of the call. */
export function sendError(thrown: unknown, site: CallSite): CarpoolError {
  return errorAt(asCarpoolError(thrown, 'FRAME_MALFORMED', 'Cannot send'), site);
}

/** Two sessions cannot have one id: the messages under it would reach only one of them. */
export function takenError(wireId: WireId, owner: string, session: string): CarpoolError {
  const named = JSON.stringify(wireId);
  const message = `Cannot give session ${session} the id ${named}: it is one of session ${owner}, which is open; the child or its protocol uses it twice`;
  const context = { session, wireId, owner };
  return new CarpoolError('SESSION_REFUSED', message, { scope: 'session', blame: 'setup', context });
}

/** A test has passed, and ended before it had what it called for. @param calls at least one */
export function notAwaitedError(calls: readonly CallLabel[]): CarpoolError {
  const message = `The test ended before it had ${namesOf(calls)}: await it; to leave it on purpose handle its failure, abort its \`signal\`, or end its session`;
  return new CarpoolError('CALL_NOT_AWAITED', message, { site: calls[0]?.site });
}

/** A test has passed, and never awaited what it was given. @param calls at least one */
export function unusedError(calls: readonly CallLabel[]): CarpoolError {
  const message = `The test called for ${namesOf(calls)} and did not await it, so that it went on before it had it: write \`await\` before the call`;
  return new CarpoolError('CALL_NOT_AWAITED', message, { site: calls[0]?.site });
}

/** For a test that has failed: what it has not awaited may be why. */
export function forgottenCall({ what, site }: CallLabel): string {
  const at = callerLocation(site);
  return `the test has not awaited ${what()}${at === undefined ? '' : `, called at ${at}`}`;
}

function namesOf([first, ...others]: readonly CallLabel[]): string {
  return `${first?.what() ?? 'something'}${others.length === 0 ? '' : ` (and ${others.length} more)`}`;
}

/** The child refused one request. @param messages the last ones of the session, as evidence */
export function refusedError(session: string, refusal: Refusal, messages: readonly string[]): CarpoolError {
  if (refusal.error !== undefined) return refusal.error as CarpoolError;
  const context = contextOf(session, refusal);
  return new CarpoolError('SESSION_REFUSED', refusedMessage(refusal), {
    blame: 'child',
    context,
    evidence: { messages },
  });
}

/** The child ended the session. @param messages the last ones of the session, as evidence */
export function lostError(session: string, refusal: Refusal | undefined, messages: readonly string[]): CarpoolError {
  if (refusal?.error !== undefined) return refusal.error as CarpoolError;
  const reason = refusal === undefined ? 'it gave no reason' : refusal.message;
  const message = `The child ended session ${session}${shownCode(refusal)}: ${reason}`;
  return new CarpoolError('SESSION_FAILED', message, { context: contextOf(session, refusal), evidence: { messages } });
}

/** As `lostError`, before the session was open. */
export function unopenedError(
  session: string,
  refusal: Refusal | undefined,
  messages: readonly string[],
): CarpoolError {
  if (refusal?.error !== undefined) return refusal.error as CarpoolError;
  const reason = refusal === undefined ? 'the child ended it, and gave no reason' : refusal.message;
  const message = `Cannot open session ${session}${shownCode(refusal)}: ${reason}`;
  return new CarpoolError('SESSION_FAILED', message, { context: contextOf(session, refusal), evidence: { messages } });
}

function contextOf(session: string, refusal: Refusal | undefined): Record<string, unknown> {
  return refusal?.code === undefined ? { session } : { session, childCode: refusal.code };
}
