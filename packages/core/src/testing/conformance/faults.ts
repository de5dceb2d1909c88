/** What the process does when something goes wrong: a request that is given up, its own end, silence. */
import { isCarpoolError } from '../../base/errors.ts';
import { messageOf } from '../../base/thrown.ts';
import { protocolMaker } from '../../pool/protocol-option.ts';
import type { Messages, Protocol } from '../../protocol/protocol.ts';
import { endsWithin } from './confirmation.ts';
import { promise, signalChild, type Check, type ProtocolSubject } from './subject.ts';

const kibibyte = 1024;
const sizes = [64 * kibibyte, 1024 * kibibyte, 5 * 1024 * kibibyte];

const patience = 2_000;
const uncancelled =
  'is not told that a request was given up: it computes it to its end, and its session may wait for that; where it knows such a message, name it in `cancel`';

/** The end of the session was not confirmed within `patience`. */
const late = Symbol();

const protocolOf = ({ protocol = {} }: ProtocolSubject): Protocol<Messages> => protocolMaker('subject', protocol)();
const cancels = (subject: ProtocolSubject): boolean => protocolOf(subject).cancel !== undefined;

async function fails(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

export const givesUp: Check = {
  title: 'a request that is given up does not hold up its session',
  unlooked(subject) {
    if (subject.slow !== undefined) return undefined;
    return cancels(subject) ? 'was not looked at: give `slow`, a request that takes long' : uncancelled;
  },
  async run(subject, pool) {
    const { ask, slow } = subject as ProtocolSubject & Required<Pick<ProtocolSubject, 'slow'>>;
    const session = await pool.register();
    const given = new AbortController();
    const reason = new Error('given up by the check');
    const waiting = fails(slow(session, given.signal));
    given.abort(reason);
    promise((await waiting) === reason, 'The request was answered before it was given up: `slow` is not slow');
    const answers = ask === undefined || (await endsWithin(Promise.resolve(ask(session)), patience));
    const ending = fails(session.unregister());
    const failure = (await endsWithin(ending, patience)) ? await ending : late;
    const ends = failure === undefined;
    promise(
      ends || failure === late || isCarpoolError(failure, 'REQUEST_TIMEOUT'),
      `The end of its session failed otherwise: ${messageOf(failure)}`,
    );
    if (answers && ends) return cancels(subject) ? undefined : uncancelled;
    const until = ends ? 'answers nothing until then' : 'answers nothing, and its end is not confirmed, until then';
    return `computes a request that was given up to its end: its session ${until}`;
  },
};

export const takesLarge: Check = {
  title: 'messages of 64 KiB, 1 MiB and 5 MiB pass whole',
  unlooked: ({ large }) =>
    large === undefined ? 'was not looked at: give `large`, a request of a given size' : undefined,
  async run(subject, pool) {
    const { large } = subject as ProtocolSubject & Required<Pick<ProtocolSubject, 'large'>>;
    const session = await pool.register();
    for (const size of sizes) promise(await large(session, size), `A message of ${size} bytes did not arrive whole`);
    return undefined;
  },
};

export const isReplaced: Check = {
  title: 'a process that is killed fails its sessions, and the next one serves',
  async run({ ask }, pool) {
    const sessions = [await pool.register(), await pool.register()];
    signalChild(pool, 'SIGKILL');
    for (const session of sessions) {
      const { by } = await session.closed;
      promise(by === 'child', `A session of the killed process was closed by ${by}`);
    }
    const next = await pool.register();
    await ask?.(next);
    return undefined;
  },
};

const unprobed =
  'has no `probe`: a process that hangs gets no more sessions, and is killed only when the last one on it has ended';

export const isMissed: Check = {
  title: 'a process that hangs is noticed and replaced',
  async run(subject, pool) {
    const session = await pool.register();
    signalChild(pool, 'SIGSTOP');
    const failure = await fails(session.unregister());
    if (failure === undefined)
      return 'does not confirm the end of a session: a process that hangs is noticed only by a request of the next session, which gets no reply';
    promise(
      isCarpoolError(failure, 'REQUEST_TIMEOUT'),
      `The end of a session of a stopped process failed otherwise: ${messageOf(failure)}`,
    );
    const next = await pool.register();
    await subject.ask?.(next);
    const { children } = pool.stats();
    promise(children === 2, `The process that hangs was not replaced once: ${children} processes were started`);
    // `ready` is the probe of a server.
    const probed = subject.server !== undefined || protocolOf(subject).probe !== undefined;
    return probed ? undefined : unprobed;
  },
};

/** `stopTimeout` of the pool in which `endsWithInput` looks. */
export const endOfInput = 3_000;

export const endsWithInput: Check = {
  title: 'the process ends when its input ends',
  async run(_, pool) {
    await (await pool.register()).unregister();
    const started = performance.now();
    await pool.close();
    pool.known.endsWithInput = performance.now() - started < endOfInput;
    if (pool.known.endsWithInput) return undefined;
    return 'does not end when its input ends: it is ended by a signal, `stopTimeout` later, at the end of each run';
  },
};
