/**
 * A server as one more protocol: it greets by being ready, a session is what `open` of the config returns, and there are
 * no messages. So pools, sessions and the host treat a server as any other child.
 */
import type { CancelSignal } from '../base/cancellation.ts';
import type { Clock } from '../base/clock.ts';
import { CarpoolError, isCarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import { messageOf } from '../base/thrown.ts';
import { within } from '../base/wait.ts';
import { noMessagesError } from '../codec/no-messages.ts';
import type { Messages, Opened, Protocol, SessionPort } from '../protocol/protocol.ts';
import type { ServerDiagnostic } from './log-transport.ts';
import { untilReady, untilReadyAgain, type ReadyOptions } from './ready.ts';
import type { RunningServer } from './running-server.ts';
import type { Server, ServerClose, ServerOpen, ServerPart, ServerUse } from './types.ts';

/** Milliseconds by which the exit of a process may lag behind the end of its connections. */
const endLag = 100;
/** Fresh: one for all would keep each of those that have waited for it. */
const never = async (): Promise<never> => await new Promise(noop);

type Open = (server: Server, request: ServerOpen) => unknown;
type Close = (server: Server, opened: unknown, request: ServerClose) => unknown;
type InUse = (server: Server, request: ServerUse) => unknown;

/** A server, as its pool has it. */
export interface ServerProtocol extends Protocol<Messages> {
  /** What its end would break is connected to it. @throws what the config throws */
  inUse(signal: AbortSignal): Promise<boolean>;
  /** Nothing waits for the answer to `probe` any more. */
  probed(): void;
  /** A test has this session from now on. @returns whether it waits for the end of that */
  begins(session: string): boolean;
}

export interface ServerProtocolOptions extends Omit<ReadyOptions, 'signal'> {
  readonly clock: Clock;
  readonly closeTimeout: number;
  /** Tests wait for the ends of all sessions. */
  readonly endsAwaited: boolean;
  /** Aborted when the process has ended, or its start was given up. */
  readonly ended: AbortSignal;
  /** A session was opened on it. */
  readonly used: () => void;
  /** How messages name the holder of a session. */
  readonly holderOf: (session: string) => string;
  /** Takes what the config finds wrong with a session. */
  readonly diagnose: (diagnostic: ServerDiagnostic) => void;
}

export function serverProtocol(options: ServerProtocolOptions): ServerProtocol {
  const { pool, server, part, clock, ended, closeTimeout, used, holderOf, diagnose } = options;
  const open = part.open as Open | undefined;
  const close = part.close as Close | undefined;
  const inUse = part.inUse as InUse | undefined;
  let started: unknown;
  let { endsAwaited } = options;
  /** Sessions whose ends are waited for. */
  const awaited = new Set<string>();
  let question = new AbortController();
  /** A client library notices the end of a process before its exit is known here, and says less of it. */
  const whyFailed = (thrown: unknown): Promise<unknown> => {
    const expired = (): Error => thrown as Error;
    return within(never(), { clock, timeout: endLag, signal: ended, expired }).catch((why: unknown) => why);
  };
  return {
    name: 'server',

    async hello() {
      await untilReady({ ...options, signal: ended });
      started = await runStart(pool, server, { part, clock, ended });
      return undefined;
    },

    async open(port: SessionPort): Promise<Opened> {
      const { params, freshId } = port;
      const signal = signalOf(port.givenUp);
      let opened: unknown;
      try {
        opened = open === undefined ? server.address() : await open(server, { params, started, signal, freshId });
      } catch (thrown) {
        if (!signal.aborted) throw await whyFailed(thrown);
        // It was given up: what is left of it, and whether the server still answers, is not known. Why says more than what
        // was thrown because of it.
        return { wireId: freshId, close: () => Promise.reject(signal.reason as Error) };
      }
      used();
      return {
        wireId: freshId,
        opened,
        async close() {
          const late = AbortSignal.timeout(closeTimeout);
          const isAwaited = awaited.delete(freshId);
          const found: ServerClose['diagnose'] = (message, { fails = false } = {}) =>
            diagnose({ session: freshId, message, fails: fails && isAwaited });
          const awaitEnds = (on: boolean): void => void (endsAwaited = on || options.endsAwaited);
          const holder = holderOf(freshId);
          try {
            const ending = { id: freshId, holder, isAwaited, awaitEnds, diagnose: found };
            await close?.(server, opened, { started, signal: late, ...ending });
          } catch (thrown) {
            // What is thrown because of it says less than the deadline itself.
            if (late.aborted) await never();
            throw await whyFailed(thrown);
          }
        },
      };
    },

    begins(session) {
      if (endsAwaited) awaited.add(session);
      return endsAwaited;
    },

    async inUse(signal) {
      return (await inUse?.(server, { started, signal })) === true;
    },

    async probe() {
      question = new AbortController();
      await untilReadyAgain({ ...options, signal: AbortSignal.any([ended, question.signal]) });
    },

    probed() {
      question.abort();
    },

    route(frame) {
      const { session, message, fails } = frame.message as ServerDiagnostic;
      return { as: 'diagnostic', to: session, diagnostic: { message, fails } };
    },
    address() {
      throw noMessagesError();
    },
  };
}

interface Starting {
  readonly part: ServerPart;
  readonly clock: Clock;
  readonly ended: AbortSignal;
}

async function runStart(pool: string, server: RunningServer, { part, clock, ended }: Starting): Promise<unknown> {
  const { start, startTimeout } = part;
  if (start === undefined) return undefined;
  server.step = () => ({ found: '`start` of its config has not ended', limit: 'startTimeout', timeout: startTimeout });
  const over = new AbortController();
  const failed = (why: string, cause?: unknown): CarpoolError =>
    new CarpoolError('CHILD_NOT_READY', `\`start\` of the server of pool "${pool}" ${why}`, {
      blame: 'setup',
      context: { path: 'start' },
      cause,
    });
  const late = (): CarpoolError => failed(`did not end within ${Math.round(startTimeout)} ms`);
  try {
    const starting = Promise.resolve().then(() => start(server, AbortSignal.any([ended, over.signal])));
    return await within(starting, { clock, timeout: startTimeout, signal: ended, expired: late });
  } catch (thrown) {
    if (ended.aborted) throw ended.reason;
    throw isCarpoolError(thrown, 'CHILD_NOT_READY') ? thrown : failed(`failed: ${messageOf(thrown)}`, thrown);
  } finally {
    over.abort();
  }
}

/** As client libraries take it. */
function signalOf(signal: CancelSignal): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort);
  return controller.signal;
}
