/** Waits until a server is ready, and says what was looked for and what was found where it never is. */
import type { Clock } from '../base/clock.ts';
import { CarpoolError, isCarpoolError } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import { within } from '../base/wait.ts';
import { reachHttp, reachPort } from './attempt.ts';
import type { LogLines } from './log-lines.ts';
import type { RunningServer } from './running-server.ts';
import type { ServerPart, ServerReady } from './types.ts';

/** Milliseconds between two attempts: at first, and at most. */
const shortest = 5;
const longest = 200;
/** Milliseconds for one attempt: one that hangs must not use up the whole time. */
const attemptTimeout = 2_000;

export interface ReadyOptions {
  readonly pool: string;
  readonly server: RunningServer;
  readonly part: ServerPart;
  /** For `ready.line`. */
  readonly lines: LogLines | undefined;
  readonly clock: Clock;
  /** Ends the waiting: the start was given up, or the process has ended. */
  readonly signal: AbortSignal;
}

/** @throws CarpoolError CHILD_NOT_READY at the deadline; the reason of `signal` */
export async function untilReady({ pool, server, part, lines, clock, signal }: ReadyOptions): Promise<void> {
  const { ready, readyTimeout } = part;
  const tried = { last: '' };
  const describe = (): string => {
    const found = tried.last === '' ? '' : `; the last attempt: ${tried.last}`;
    return `looked for ${describeReady(ready, server)}${found}`;
  };
  server.step = () => ({ found: describe(), limit: 'readyTimeout', timeout: readyTimeout });
  const expired = (): CarpoolError => {
    const message = `The server of pool "${pool}" was not ready within ${Math.round(readyTimeout)} ms: ${describe()}`;
    const context = { timeout: readyTimeout };
    return new CarpoolError('CHILD_NOT_READY', message, { context });
  };
  const over = new AbortController();
  const wait = { clock, timeout: readyTimeout, signal, expired };
  try {
    if (lines !== undefined) server.groups = await within(lines.found, wait);
    else await within(untilReached(server, { ready, clock, over: over.signal, tried }), wait);
  } finally {
    over.abort();
  }
}

/** Resolves when it is found ready once more. @param signal gives it up: it has no deadline of its own */
export async function untilReadyAgain({ server, part, clock, signal: over }: ReadyOptions): Promise<void> {
  // What it has printed cannot be looked for again; where it listens can.
  const printed = typeof part.ready === 'object' && 'line' in part.ready;
  if (printed && server.listensOn === undefined) return;
  await untilReached(server, { ready: printed ? { port: true } : part.ready, clock, over, tried: { last: '' } });
}

interface Reaching {
  readonly ready: ServerReady;
  readonly clock: Clock;
  readonly over: AbortSignal;
  /** What the last attempt failed with. */
  readonly tried: { last: string };
}

async function untilReached(server: RunningServer, { ready, clock, over, tried }: Reaching): Promise<void> {
  for (let pause = shortest; !over.aborted; pause = Math.min(pause * 1.5, longest)) {
    const began = clock.now();
    try {
      const once = AbortSignal.any([over, AbortSignal.timeout(attemptTimeout)]);
      await attempt(server, ready, once);
      // A server that was blocked meanwhile has not needed all of it, nor has one whose start a function has waited for.
      server.readyIn = Math.min(server.readyIn, clock.now() - began, attemptTimeout);
      return;
    } catch (thrown) {
      // It will not be there later either.
      if (isCarpoolError(thrown, 'CONFIG_INVALID')) throw thrown;
      tried.last = describeFailure(thrown);
    }
    await new Promise<void>((resolve) => {
      clock.after(pause, resolve).unref();
    });
  }
}

async function attempt(server: RunningServer, ready: ServerReady, signal: AbortSignal): Promise<void> {
  if (typeof ready === 'function') {
    if ((await ready(server, signal)) === false) throw new Error('`ready` returned false');
  } else if ('http' in ready) {
    await reachHttp(server, { path: ready.http, status: ready.status }, signal);
  } else {
    await reachPort(server, signal);
  }
}

function describeFailure(thrown: unknown): string {
  const { name, cause } = thrown as { readonly name?: unknown; readonly cause?: unknown };
  const late = (of: unknown): boolean => of instanceof Error && of.name === 'TimeoutError';
  if (name === 'TimeoutError' || late(cause)) return `no answer within ${Math.round(attemptTimeout)} ms`;
  // "fetch failed" says nothing, and its cause does.
  return cause instanceof Error ? `${messageOf(thrown)} (${messageOf(cause)})` : messageOf(thrown);
}

/** What was looked for. */
function describeReady(ready: ServerReady, server: RunningServer): string {
  if (typeof ready === 'function') return 'what the function `ready` wants';
  if ('line' in ready) return `a line that matches ${String(ready.line)}`;
  const where = server.listensOn === 'socket' ? `socket ${server.socket}` : `port ${server.port}`;
  if ('http' in ready) return `${ready.status ?? 'a status from 200 to 299'} for GET ${ready.http} on ${where}`;
  return `a connection to ${where}`;
}
