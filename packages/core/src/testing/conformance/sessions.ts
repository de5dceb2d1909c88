/** Sessions side by side and one after the other. */
import { isDeepStrictEqual } from 'node:util';
import { describeMessage } from '../../codec/describe.ts';
import type { Messages } from '../../protocol/protocol.ts';
import type { Session } from '../../session/types.ts';
import { confirmsEnd, unconfirmedEnd } from './confirmation.ts';
import { promise, type Check, type CheckedPool, type ProtocolSubject } from './subject.ts';

type Ask = NonNullable<ProtocolSubject['ask']>;

const cycles = 50;
const asksEach = 20;
const noAsk = 'was not looked at: give `ask`, which asks what a fresh session always answers alike';
const noChange = 'was not looked at: give `ask`, and `change`, which changes what `ask` is answered';

const shown = (value: unknown): string => describeMessage(value, 120);

function same(found: unknown, wanted: unknown, what: string): void {
  promise(isDeepStrictEqual(found, wanted), `${what} is answered ${shown(found)}; expected is ${shown(wanted)}`);
}

/** What a fresh session answers. */
async function fresh(pool: CheckedPool, ask: Ask): Promise<unknown> {
  await using session = await pool.register();
  return await ask(session);
}

const withAsk = ({ ask }: ProtocolSubject): string | undefined => (ask === undefined ? noAsk : undefined);
const withChange = ({ ask, change }: ProtocolSubject): string | undefined =>
  ask === undefined || change === undefined ? noChange : undefined;

type Asking = ProtocolSubject & { readonly ask: Ask };
type Changing = Asking & Required<Pick<ProtocolSubject, 'change'>>;

export const opens: Check = {
  title: 'a session opens and ends, and a child serves many, one after the other',
  async run({ recycleAfter }, pool) {
    for (let n = 0; n < cycles; n++) await (await pool.register()).unregister();
    const { children, strays, lastStrays } = pool.stats();
    const replaced = recycleAfter !== undefined && recycleAfter < cycles;
    promise(replaced || children === 1, `${children} processes were needed for ${cycles} sessions`);
    promise(strays === 0, `What it sent reached nothing:\n  ${lastStrays.join('\n  ')}`);
    return undefined;
  },
};

export const confirms: Check = {
  title: 'the process confirms the end of a session',
  async run(_, pool) {
    const session = await pool.register();
    const [pid] = pool.stats().pids;
    promise(pid !== undefined, 'The process ended while a session was opened');
    return (await confirmsEnd({ pid, unregister: () => session.unregister() })) ? undefined : unconfirmedEnd;
  },
};

export const keepsApart: Check = {
  title: 'what one session does is not seen by another',
  unlooked: withChange,
  async run(subject, pool) {
    const { ask, change } = subject as Changing;
    const [one, other] = [await pool.register(), await pool.register()];
    const before = await ask(one);
    same(await ask(other), before, 'A second fresh session');
    await change(one);
    const changed = await ask(one);
    promise(
      !isDeepStrictEqual(changed, before),
      `\`change\` changed nothing: \`ask\` is still answered ${shown(before)}`,
    );
    same(await ask(other), before, 'A session, after another one has changed,');
    return undefined;
  },
};

export const forgets: Check = {
  title: 'a slot that is used again has nothing of the session before',
  unlooked: withChange,
  async run(subject, pool) {
    const { ask, change } = subject as Changing;
    const before = await fresh(pool, ask);
    const session = await pool.register();
    await change(session);
    await session.unregister();
    same(await fresh(pool, ask), before, 'A fresh session, after one that has changed,');
    return undefined;
  },
};

/** Sessions that `interleaves` holds at once. */
export const many = 8;

export const interleaves: Check = {
  title: 'requests of many sessions interleave, and each gets its own reply',
  unlooked: withAsk,
  async run(subject, pool) {
    const { ask, change } = subject as Asking;
    const before = await fresh(pool, ask);
    const sessions = await Promise.all(Array.from({ length: many }, () => pool.register()));
    const [changing] = sessions as [Session<Messages>];
    await change?.(changing);
    const changed = await ask(changing);
    const asked = sessions.flatMap((session, at) =>
      Array.from({ length: asksEach }, async () =>
        same(await ask(session), at === 0 ? changed : before, `Session ${at + 1} of ${many}`),
      ),
    );
    await Promise.all(asked);
    const { children, failures } = pool.stats();
    promise(children === 1 && failures === 0, `${children} processes were needed, and ${failures} failed`);
    return undefined;
  },
};
