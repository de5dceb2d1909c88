/** What the process does when something goes wrong: a request that is given up, its own end, silence. */
import { isCarpoolError } from '../../base/errors.ts';
import { protocolMaker } from '../../pool/protocol-option.ts';
import type { Messages, Protocol } from '../../protocol/protocol.ts';
import { endsWithin } from './confirmation.ts';
import { onPool, promise, signalChild, type Check, type ProtocolSubject } from './subject.ts';

const kibibyte = 1024;
const sizes = [64 * kibibyte, 1024 * kibibyte, 5 * 1024 * kibibyte];

const patience = 2_000;
const uncancelled =
  'is not told that a request was given up: it computes it to its end, and its session may wait for that; where it knows such a message, name it in `cancel`';

const protocolOf = ({ protocol = {} }: ProtocolSubject): Protocol<Messages> => protocolMaker('subject', protocol)();

async function fails(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

export const faultChecks: readonly Check[] = [
  {
    title: 'a request that is given up does not hold up its session',
    async run(subject) {
      const { slow } = subject;
      const cancels = protocolOf(subject).cancel !== undefined;
      if (slow === undefined)
        return cancels ? 'was not looked at: give `slow`, a request that takes long' : uncancelled;
      return await onPool(subject, { maxSessions: 1, closeTimeout: 2_000 }, async (pool) => {
        const session = await pool.register();
        const given = new AbortController();
        const reason = new Error('given up by the check');
        const waiting = fails(slow(session, given.signal));
        given.abort(reason);
        promise((await waiting) === reason, 'The request was answered before it was given up: `slow` is not slow');
        const answers =
          subject.ask === undefined || (await endsWithin(Promise.resolve(subject.ask(session)), patience));
        const failure = await fails(session.unregister());
        const ends = failure === undefined;
        promise(ends || isCarpoolError(failure, 'REQUEST_TIMEOUT'), 'The end of its session failed otherwise');
        if (answers && ends) return cancels ? undefined : uncancelled;
        const until = ends ? 'answers nothing until then' : 'answers nothing, and its end is not confirmed, until then';
        return `computes a request that was given up to its end: its session ${until}`;
      });
    },
  },
  {
    title: 'messages of 64 KiB, 1 MiB and 5 MiB pass whole',
    async run(subject) {
      const { large } = subject;
      if (large === undefined) return 'was not looked at: give `large`, a request of a given size';
      return await onPool(subject, { maxSessions: 1 }, async (pool) => {
        const session = await pool.register();
        for (const size of sizes)
          promise(await large(session, size), `A message of ${size} bytes did not arrive whole`);
        return undefined;
      });
    },
  },
  {
    title: 'a process that is killed fails its sessions, and the next one serves',
    async run(subject) {
      return await onPool(subject, { maxSessions: 2, children: 1 }, async (pool) => {
        const sessions = [await pool.register(), await pool.register()];
        signalChild(pool, 'SIGKILL');
        for (const session of sessions) {
          const { by } = await session.closed;
          promise(by === 'child', `A session of the killed process was closed by ${by}`);
        }
        await using next = await pool.register();
        await subject.ask?.(next);
        return undefined;
      });
    },
  },
  {
    title: 'a process that hangs is noticed and replaced',
    async run(subject) {
      const quick = { closeTimeout: 500, probeTimeout: 500, maxSessions: 2, children: 1 };
      const unprobed =
        'has no `probe`: a process that hangs gets no more sessions, and is killed only when the last one on it has ended';
      return await onPool(subject, quick, async (pool) => {
        const session = await pool.register();
        signalChild(pool, 'SIGSTOP');
        const failure = await fails(session.unregister());
        if (failure === undefined)
          return 'does not confirm the end of a session: a process that hangs is noticed only by a request of the next session, which gets no reply';
        promise(
          isCarpoolError(failure, 'REQUEST_TIMEOUT'),
          `The end of a session of a stopped process failed otherwise`,
        );
        await using next = await pool.register();
        await subject.ask?.(next);
        promise(pool.stats().children === 2, 'The process that hangs was not replaced');
        // `ready` is the probe of a server.
        const probed = subject.server !== undefined || protocolOf(subject).probe !== undefined;
        return probed ? undefined : unprobed;
      });
    },
  },
  {
    title: 'the process ends when its input ends',
    async run(subject) {
      const stopTimeout = 3_000;
      let started = 0;
      await onPool(subject, { stopTimeout, maxSessions: 1 }, async (pool) => {
        await (await pool.register()).unregister();
        started = performance.now();
      });
      if (performance.now() - started < stopTimeout) return undefined;
      return 'does not end when its input ends: it is ended by a signal, `stopTimeout` later, at the end of each run';
    },
  },
];
