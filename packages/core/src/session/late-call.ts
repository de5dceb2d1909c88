/** What a call fails with that got no answer in time: the error says what is known of the child. */
import type { CallSite, CarpoolError, Evidence } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { onMachine } from '../base/on-machine.ts';
import { within } from '../base/wait.ts';
import type { Conversation } from './conversation.ts';
import { lateCallError, lateEndError, lateHostError, type LateCall } from './errors.ts';
import type { OpenSession } from './open-session.ts';
import type { CloseReason } from './state.ts';
import { waitedInVain, type Wait } from './wait-limit.ts';

/** Milliseconds for what the host knows of a call that had no answer. */
const diagnoseTimeout = 500;
/** The same, where the time of the test is nearly over. */
const lateDiagnoseTimeout = 50;

export interface LateCallOptions {
  readonly open: OpenSession;
  readonly clock: Clock;
  /** The session. */
  readonly of: { readonly pool: string; readonly machine: string | undefined };
  /** What did not come: "reply to query". */
  readonly what: string;
  readonly wait: Wait;
  readonly site: CallSite;
}

export function lateCall(options: LateCallOptions): CarpoolError | Promise<CarpoolError> {
  const { open, clock, of, what, wait, site } = options;
  const { pool, machine } = of;
  const { conversation } = open;
  const message = waitedInVain(open, wait, { what, pool });
  const context = { session: conversation.id, timeout: wait.timeout };
  const late = (): LateCall => ({ message, context, site, messages: conversation.evidence().messages });
  const make = (known: Evidence): CarpoolError => onMachine(lateCallError(late(), known), machine);
  const withoutHost = (): CarpoolError => onMachine(lateHostError(late(), open.hostSilence?.()), machine);
  const diagnosed = open.diagnose(false);
  if (!('then' in diagnosed)) return make(withOwn(conversation, diagnosed));
  // Why, the host knows. A host that does not answer must not hold the error up.
  const expired = (): Error => new Error('too late');
  const timeout = wait.allowed === undefined ? diagnoseTimeout : lateDiagnoseTimeout;
  return within(diagnosed, { clock, timeout, expired }).then(make, withoutHost);
}

/**
 * Why the end of a session was not confirmed. While the host does not answer, nothing is known of the child.
 * @param failure absent: it is not known what its protocol waits for
 */
export function lateEnd(open: OpenSession, failure: CarpoolError | undefined): CarpoolError {
  const { conversation, closeTimeout: timeout } = open;
  const { id: session } = conversation;
  const known = failure ?? lateEndError(session, timeout, conversation.evidence());
  const silence = known.code === 'REQUEST_TIMEOUT' ? open.hostSilence?.() : undefined;
  if (silence === undefined) return known;
  const message = `Cannot unregister session ${session}: its end was not confirmed`;
  const { messages } = conversation.evidence();
  return lateHostError({ message, context: { session, timeout }, site: { stack: '' }, messages }, silence);
}

/** And what its error knows of a child that has died. The messages in that are those of all its sessions. */
export function withEnd(known: Evidence, reason: CloseReason | undefined): Evidence {
  if (reason?.by !== 'child' || reason.error === undefined) return known;
  const { exit = known.exit, stderr = known.stderr, stdout = known.stdout } = reason.error.evidence;
  return { ...known, exit, stderr, stdout };
}

/** What is known of the child, from the host where there is one, and what passed here. */
export function withOwn(conversation: Conversation, ofChild: Evidence): Evidence {
  const known = conversation.evidence();
  const { messages, strays = ofChild.strays, silence = ofChild.silence } = known;
  const { activity = ofChild.activity, logged = ofChild.logged } = known;
  return { ...ofChild, messages, strays, silence, activity, logged };
}
