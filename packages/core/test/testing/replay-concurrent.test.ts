// Sessions of one test that were open at the same time, and open in another order now: what they send tells them apart.
import { expect, test } from 'vitest';
import type { Session } from '../../src/session/types.ts';
import { replay } from '../../src/testing/replay.ts';
import { failure } from '../support/failure.ts';
import { transcriptText, writeTranscript, type Written } from '../support/transcripts.ts';

const shop = { protocol: { close: { send: { type: 'reset' } } } };

/** The lines of one session, each of which names it. */
function session(s: string, ...events: readonly Written[]): Written[] {
  const all: Written[] = [{ e: 'open', pool: 'shop' }, { e: 'opened', id: s }, ...events];
  return all.map((event) => ({ ...event, s }));
}

function ends(s: string): Written[] {
  return [
    { e: 'close', by: 'owner', s },
    { e: 'closed', s },
  ];
}

/** A request, and the reply to it. */
function asks(n: number, type: string, from: string): Written[] {
  return [
    { e: 'request', n, m: { type } },
    { e: 'reply', n, m: { from } },
  ];
}

async function replayed(...events: readonly Written[]) {
  const written = writeTranscript(transcriptText(events));
  const pool = await replay(written.file, shop);
  const end = async (): Promise<void> => {
    await pool.close();
    written[Symbol.dispose]();
  };
  return { pool, [Symbol.asyncDispose]: end };
}

const asked = (of: Session, type: string): Promise<unknown> => of.request({ type });

const two = [
  ...session('s1', ...asks(1, 'hello', 'both'), ...asks(2, 'a', 's1')),
  ...session('s2', ...asks(1, 'hello', 'both'), ...asks(2, 'b', 's2')),
  ...ends('s1'),
  ...ends('s2'),
];

test('each goes on in the recording that has what it sends', async () => {
  await using found = await replayed(...two);
  const { pool } = found;
  const [first, second] = await Promise.all([pool.register(), pool.register()]);
  expect(await asked(first, 'hello')).toMatchObject({ from: 'both' });
  expect(await asked(second, 'hello')).toMatchObject({ from: 'both' });
  expect(await asked(first, 'b')).toMatchObject({ from: 's2' });
  expect(await asked(second, 'a')).toMatchObject({ from: 's1' });
  await first.unregister();
  await second.unregister();
  expect(pool.stats().replayed).toMatchObject({ unasked: 0 });
});

test('one that has not opened yet, and one that waits for its reply, get the other one', async () => {
  const waiting = [
    ...session('s1', { e: 'request', n: 1, m: { type: 'hello' } }, { e: 'send', m: { type: 'a' } }),
    ...session('s2', { e: 'request', n: 1, m: { type: 'hello' } }, { e: 'send', m: { type: 'b' } }),
    ...['s1', 's2'].flatMap((s): Written[] => [{ e: 'reply', n: 1, m: { from: s }, s }, ...ends(s)]),
  ];
  await using found = await replayed(...waiting);
  const { pool } = found;
  const [first, second] = await Promise.all([pool.register(), pool.register()]);
  const [ofFirst, ofSecond] = [asked(first, 'hello'), asked(second, 'hello')];
  first.send({ type: 'b' });
  expect(await ofFirst).toMatchObject({ from: 's2' });
  second.send({ type: 'a' });
  expect(await ofSecond).toMatchObject({ from: 's1' });

  await using again = await replayed(...two);
  const alone = await again.pool.register();
  await asked(alone, 'hello');
  expect(await asked(alone, 'b')).toMatchObject({ from: 's2' });
  const later = await again.pool.register();
  await asked(later, 'hello');
  expect(await asked(later, 'a')).toMatchObject({ from: 's1' });
});

test('of three, each gets its own', async () => {
  const names = ['a', 'b', 'c'];
  const lines = names.flatMap((name) => session(name, ...asks(1, name, name)));
  await using found = await replayed(...lines, ...names.flatMap(ends));
  const all = await Promise.all(names.map(() => found.pool.register()));
  const sent = ['b', 'c', 'a'];
  for (const [at, type] of sent.entries()) expect(await asked(all[at] as Session, type)).toMatchObject({ from: type });
});

test.each([
  [
    'were open one after another',
    [...session('s1', ...asks(1, 'a', 's1')), ...ends('s1'), ...session('s2', ...asks(1, 'b', 's2'))],
  ],
  [
    'had got something else before',
    [
      ...session('s1', { e: 'event', m: { is: 1 } }, ...asks(1, 'a', 's1')),
      ...session('s2', { e: 'event', m: { is: 2 } }, ...asks(1, 'b', 's2')),
    ],
  ],
  [
    'had opened with something else',
    [
      ...session('s1', ...asks(1, 'a', 's1')),
      ...session('s2', ...asks(1, 'b', 's2')).map((line) =>
        line.e === 'opened' ? { ...line, opened: { is: 2 } } : line,
      ),
    ],
  ],
] as const)('those that %s are told apart by their order, and what is not there is refused', async (_, lines) => {
  await using found = await replayed(...lines);
  const first = await found.pool.register();
  if (lines.some(({ e }) => e === 'event')) await first.event();
  const error = await failure(asked(first, 'b'), 'NOT_RECORDED');
  expect(error.message).toContain('it was not recorded: {"type":"b"}');
  expect(await asked(first, 'a')).toMatchObject({ from: 's1' });
});

test('what one has sent, no other one may send as well', async () => {
  await using found = await replayed(...two);
  const [first, second] = await Promise.all([found.pool.register(), found.pool.register()]);
  await asked(first, 'hello');
  await asked(first, 'b');
  const error = await failure(asked(second, 'b'), 'NOT_RECORDED');
  expect(error.message).toContain('it was not recorded: {"type":"b"}');
});
