/**
 * A stand-in for `plushie-renderer --mock`, for machines without it: `node renderer.ts --mock --max-sessions 8`.
 * It speaks the protocol of version 0.7.1 and draws nothing, as the real one in mock mode. Without `--mock` it has one
 * session and ends by the `exit` operation, as the real one with its windows. It passes the same conformance
 * suite. It starts as fast as Node does; nothing is slowed down on purpose.
 *
 *   stdin ──wire──▶ settings, then messages ──by `session`──▶ Session ──▶ stdout
 *
 * It has no layout: a pointer meets no widget, canvas elements are not hit, properties are not validated.
 */
import { once } from 'node:events';
import { hello } from './hello.ts';
import { parse, type Incoming } from './messages.ts';
import { Session } from './session.ts';
import { jsonLines, lengthPrefixed, Malformed, Unreadable, type Wire } from './wire.ts';

const { argv, stdin, stdout, stderr } = process;
const flag = (name: string): boolean => argv.includes(`--${name}`);

/** Without a flag for the mode the real one opens windows. This one opens none, and differs from mock mode as that one does. */
const windowed = !flag('mock') && !flag('headless');
/** With room for one session, all names mean that session, and its end is not announced; the real one does the same. */
const maxSessions = Math.max(1, Number.parseInt(argv[argv.indexOf('--max-sessions') + 1] ?? '', 10) || 1);
const single = windowed || maxSessions === 1;

const sessions = new Map<string, Session>();
const closing = new Set<string>();

function log(level: 'WARN' | 'ERROR', words: string): void {
  stderr.write(`[${new Date().toISOString()} ${level}] ${words}\n`);
}

async function main(): Promise<void> {
  let wire: Wire | undefined;
  let emit: (message: object) => void = () => {};
  let settled = false;
  /** The settings of the greeting, until the first session has taken them. */
  let settings: Incoming | undefined;

  function take(payload: Buffer): void {
    if (wire === undefined) return;
    if (!settled) {
      settings = firstSettings(wire, payload);
      settled = true;
      if (single) open('').take('', settings);
      return;
    }
    try {
      const { session, message } = parse(wire.decode(payload));
      dispatch(session, message);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      log('ERROR', `decode error: ${error.message}`);
    }
  }

  function dispatch(name: string, message: Incoming): void {
    if (windowed && message.type === 'widget_op' && message.op === 'exit') return leave();
    if (single) return sessions.get('')?.take(windowed ? '' : name, message);
    if (closing.has(name)) {
      const error = 'session is closing; wait for session_closed before reusing this ID';
      return emit(sessionError(name, 'session_reset_in_progress', error));
    }
    let session = sessions.get(name);
    if (session === undefined) {
      if (sessions.size >= maxSessions) {
        const error = `max sessions (${maxSessions}) reached; session '${name}' rejected`;
        log('ERROR', error);
        return emit(sessionError(name, 'max_sessions_reached', error));
      }
      session = open(name);
      if (settings !== undefined) session.take(name, settings);
      settings = undefined;
    }
    session.take(name, message);
    if (message.type === 'reset') close(name, session);
  }

  function open(name: string): Session {
    const session: Session = new Session({
      emit,
      log,
      windowed,
      patience: single ? Infinity : 30_000,
      onGivenUp: () => close(name, session, true),
    });
    sessions.set(name, session);
    return session;
  }

  /** What is written before is read before the end. */
  function leave(): void {
    stdin.destroy();
    stdout.end();
  }

  /** The slot is free at once; the name is free when the rest of the chunk that held this message has been read. */
  function close(name: string, session: Session, abandoned = session.end()): void {
    sessions.delete(name);
    closing.add(name);
    setImmediate(() => {
      const error = 'host stopped delivering messages during interact';
      if (abandoned) emit(sessionError(name, 'host_disconnect', error));
      closing.delete(name);
      emit({ data: {}, family: 'session_closed', id: '', session: name, type: 'event' });
    });
  }

  try {
    for await (const chunk of stdin as AsyncIterable<Buffer>) {
      if (wire === undefined) {
        const opened = flag('msgpack') || (!flag('json') && chunk[0] !== 0x7b) ? lengthPrefixed() : jsonLines();
        emit = (message) => void stdout.write(opened.encode(message));
        wire = opened;
        emit(hello(wire.codec, windowed ? 'windowed' : 'mock'));
      }
      for (const payload of wire.push(chunk)) take(payload);
      // Reading stops while the output pipe is full, so that memory stays bounded.
      if (stdout.writableNeedDrain) await once(stdout, 'drain');
    }
    if (wire === undefined) return log('ERROR', 'stdin closed before first message');
    for (const payload of wire.end()) take(payload);
    if (!settled) throw new StartError('stdin closed before settings received');
  } catch (error) {
    if (!(error instanceof Unreadable || error instanceof StartError)) throw error;
    const words = error instanceof StartError ? error.message : `failed to read initial settings: ${error.message}`;
    log('ERROR', settled ? `read error: ${error.message}` : words);
    if (!settled) emit({ message: words, type: 'error' });
  }
  for (const [name, session] of sessions) {
    if (single) session.end();
    else close(name, session);
  }
}

/** The first message holds no settings, or invalid ones. */
class StartError extends Error {}

/** Reads and checks the first message. @throws StartError */
function firstSettings(wire: Wire, payload: Buffer): Incoming {
  let value: unknown;
  try {
    value = wire.decode(payload);
  } catch (error) {
    throw new StartError(`failed to decode initial settings: ${(error as Error).message}`);
  }
  let message: Incoming;
  try {
    ({ message } = parse(value));
  } catch (error) {
    throw new StartError(`failed to parse initial settings: ${(error as Error).message}`);
  }
  if (message.type !== 'settings') throw new StartError(`expected settings as first message, got ${message.type}`);
  const version = (message.settings as { readonly protocol_version?: unknown } | null)?.protocol_version;
  if (version === 1) return message;
  throw new StartError(
    typeof version === 'number' && Number.isInteger(version) && version >= 0
      ? `protocol version mismatch: host sent ${version}, renderer expects 1`
      : 'missing or invalid protocol_version in Settings (expected 1)',
  );
}

function sessionError(session: string, code: string, error: string): object {
  return { data: { code, error }, family: 'session_error', id: '', session, type: 'event' };
}

stdout.on('error', () => process.exit(0));
await main();
