/** `joinSession`: for a process that a test has started, and handed its session to. */
import { asCarpoolError, CarpoolError, callSite, errorAt, type Evidence } from '../base/errors.ts';
import { systemClock } from '../base/clock.ts';
import { checkNode } from '../base/required-node.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import { UserSession } from '../session/session.ts';
import type { Session } from '../session/types.ts';
import type { WireJoin, WireOpened } from '../wire/protocol.ts';
import type { JoinResult } from '../wire/messages.ts';
import { parseSessionAddress, sessionVariable } from '../wire/session-address.ts';
import { connectTo } from './connect.ts';
import { watchHost } from './silent-host.ts';

/** Milliseconds for the host to say what the session is. */
const joinTimeout = 10_000;

class JoinedSession<M extends Messages> extends UserSession<M> {
  override answer(answerer: (question: M['event']) => M['send'] | Promise<M['send']>): void {
    const message = `Cannot answer questions in session ${this.id}: the child's questions go to the test, in which \`session.answer\` answers them`;
    throw new CarpoolError('SESSION_MISUSED', message, { site: callSite(answerer) });
  }

  override async address(): Promise<string> {
    const message = `Cannot make an address of session ${this.id}: only its test can. Each call of \`session.address()\` there makes one for one process`;
    throw new CarpoolError('SESSION_MISUSED', message, { site: callSite(this.address) });
  }
}

/**
 * Joins the session of a test, in a process that the test has started: a command under test, a script. It speaks in that
 * session as the test does; replies come to the process that asked, and events to the test and to each process that has
 * joined. It reaches nothing else of the host.
 *
 * The session is the test's. With the end of the session it ends here, too; `unregister`, and the end of this process,
 * end only what this process has of it. Until one of these, the connection keeps this process alive.
 * @param address From `session.address()` in the test; one process can join with it, once. Default: the variable
 * `CARPOOL_SESSION`.
 * @throws CarpoolError SESSION_MISUSED if there is no address, or it is none; HUB_REJECTED if the session has ended, or
 * another process has joined with it; HUB_UNREACHABLE if the run has ended; SESSION_CLOSED
 * @example
 * await using session = await joinSession();
 * const reply = await session.request({ type: 'query' });
 */
export async function joinSession<M extends Messages = AnyMessages>(
  address: string | undefined = process.env[sessionVariable],
): Promise<Session<M>> {
  checkNode();
  const site = callSite(joinSession);
  try {
    const connection = await connectTo(parseSessionAddress(address), { runner: 'a joined process' });
    const { mux, transport, socket, peer } = connection;
    const close = (): void => {
      transport.close();
      socket.destroySoon();
    };
    try {
      socket.ref();
      watchHost(connection, () => false);
      const session = new JoinedSession<M>('', systemClock);
      const { conversation, opened } = mux.open({
        id: `j${peer}`,
        listener: session.listener,
        timeout: joinTimeout,
        params: { joins: process.pid } satisfies WireJoin,
      });
      const { wireId, result, opened: found, format } = (await opened) as WireOpened;
      const { id, pool, hello, requestTimeout, closeTimeout, maxUnreadEvents } = result as JoinResult;
      conversation.rename(id);
      const diagnose = async (): Promise<Evidence> =>
        (await mux.root.port.request({ method: 'evidence', session: wireId }).catch(() => ({}))) as Evidence;
      const limits = { requestTimeout, closeTimeout, maxUnreadEvents };
      session.bind({ ...limits, pool, conversation, format, hello, opened: found, naming: result, diagnose });
      void conversation.released.then(close);
      return session;
    } catch (thrown) {
      close();
      throw thrown;
    }
  } catch (thrown) {
    throw errorAt(asCarpoolError(thrown, 'HUB_LOST', 'Cannot join the session'), site);
  }
}
