/** The exchanges with which a protocol opens and closes a session, each with its deadline and its error. */
import type { Evidence } from '../base/errors.ts';
import type { CarpoolError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import type { Opened } from '../protocol/protocol.ts';
import type { Connection } from './connection.ts';
import { closeFailure, openTimeoutError, unconfirmedError, type Unanswered } from './errors.ts';
import { checkedOpened } from './opened.ts';
import { protocolError } from './protocol-errors.ts';
import type { ConversationPort } from './protocol-port.ts';

/** The conversation for which they run. */
export interface Exchanging {
  readonly id: string;
  readonly port: ConversationPort;
  readonly released: Promise<unknown>;
  /** What is known of it where there is no answer. */
  evidence(): Evidence;
}

/**
 * Runs the protocol's `open`. It has no deadline: `openTimedOut` is for the one of the caller.
 * @throws `ended()` as soon as the child is gone: what `open` waits for beside it might never come
 */
export async function runOpen(of: Exchanging, { protocol, isOver }: Connection, ended: () => Error): Promise<Opened> {
  const { id, port } = of;
  // Not in this turn: what it throws must find its listener.
  await Promise.resolve();
  if (protocol.open === undefined) return { wireId: id, close: () => {} };
  const opening = protocol.open(port);
  const over = of.released.then(() => {
    if (isOver()) throw ended();
    // The child lives, and says why the session does not open.
    return opening;
  });
  return checkedOpened(await Promise.race([opening, over]), protocol, id);
}

/** At the deadline of `open`. */
export function openTimedOut(of: Exchanging, timeout: number): CarpoolError {
  return openTimeoutError(of.id, timeout, unanswered(of));
}

export interface Unopened {
  readonly open: Promise<Opened>;
  /** Milliseconds that `open` has had. */
  readonly timeout: number;
  /** @param confirmed nothing of it is left on the child */
  end(confirmed: boolean, failure?: CarpoolError): void;
}

/**
 * Ends what did not open. Refused: nothing was opened. Too late: the child may still open it, so `open` gets as long again.
 * Where its answer was lost, the child may have opened it.
 */
export function endUnopened(of: Exchanging, clock: Clock, { open, timeout, end }: Unopened): void {
  const lost = of.port.waits.failure;
  open.catch(() => end(lost === undefined, lost));
  const deadline = clock.after(timeout, () => end(false));
  deadline.unref();
  void of.released.then(() => deadline.cancel());
}

/** Runs `close` of an open session. @returns why the child has not confirmed it; `undefined`: it has */
export async function runClose(
  of: Exchanging,
  { protocol, clock, grace }: Connection,
  { opened, timeout }: { readonly opened: Opened; readonly timeout: number },
): Promise<CarpoolError | undefined> {
  const expired = (): Error => unconfirmedError(of.id, timeout, unanswered(of));
  // In this turn: what is sent next, by another session, comes after it.
  const closing = new Promise<void>((resolve) => resolve(opened.close(of.port)));
  try {
    await within(closing, { clock, timeout: timeout + grace, expired });
    return undefined;
  } catch (thrown) {
    return protocolError('close', protocol.name, thrown) ?? closeFailure(of.id, thrown);
  }
}

/** What the protocol waits for, and what came instead. */
function unanswered(of: Exchanging): Unanswered {
  return { ...of.port.waiting(), evidence: of.evidence() };
}
