// What a recording does not have, or cannot be sent on: the request says so at once, and nothing but its session ends.
import { expect, test } from 'vitest';
import type { Session } from '../../src/session/types.ts';
import { replay } from '../../src/testing/replay.ts';
import { failure } from '../support/failure.ts';
import { closing } from '../support/pools.ts';
import { transcriptText, writeTranscript, type Written } from '../support/transcripts.ts';

const open = { e: 'open', pool: 'shop', test: 'adds', file: '/code/shop/cart.test.ts' } as const;
const opened = { e: 'opened', id: 's1' } as const;

async function replayed(...events: readonly Written[]): Promise<{ readonly session: Session; readonly file: string }> {
  const written = writeTranscript(transcriptText([open, opened, ...events]));
  const pool = await replay(written.file, { protocol: { steps: [{ type: 'step' }] } });
  closing({
    close: async () => {
      await pool.close();
      written[Symbol.dispose]();
    },
  });
  return { session: await pool.register(), file: written.file };
}

const asked: Written = { e: 'request', n: 1, m: { type: 'a' } };
const dropped: Written = { e: 'closed', dropped: 3 };

test.each([
  ['the file was full', [dropped], 'its recording is not whole: 3 of its messages are missing'],
  ['the run was killed', [], 'its recording is not whole: the run was ended before the session was'],
])('a request whose reply is missing, because %s, is refused; the session goes on', async (_, ends, why) => {
  const { session, file } = await replayed(
    asked,
    { e: 'send', m: { type: 'b' } },
    { e: 'event', m: { c: 1 } },
    ...ends,
  );
  const { message } = await failure(session.request({ type: 'a' }), 'NOT_RECORDED');
  expect(message).toContain(
    'Cannot replay the reply to a request of session s1 of "adds" (cart.test.ts) to pool "shop"',
  );
  expect(message).toContain(`the request was recorded, and its reply was not\n  ${why}`);
  expect(message).toContain(`recorded in ${file}`);
  session.send({ type: 'b' });
  expect(await session.event()).toMatchObject({ c: 1 });
});

test.each([
  ['the child had not answered', [{ e: 'closed' }]],
  ['the test had given it up', [{ e: 'cancel', n: 1 }, dropped]],
] as const)('a request waits as it did then, where %s', async (_, ends) => {
  const { session } = await replayed(asked, ...ends);
  const error = await failure(session.request({ type: 'a' }, { timeout: 50 }), 'REQUEST_TIMEOUT');
  expect(error.message).not.toContain('its reply was not');
});

test('steps that are there come first', async () => {
  const { session } = await replayed(asked, { e: 'step', n: 1, m: { type: 'step', done: 1 } }, dropped);
  const walk = session.interact({ type: 'a' });
  const steps: unknown[] = [];
  const error = await failure(
    (async () => {
      for await (const { done } of walk) steps.push(done);
      await walk;
    })(),
    'NOT_RECORDED',
  );
  expect(steps).toEqual([1]);
  expect(error.message).toContain('its reply was not');
});

test('what cannot be sent on ends its session, and names the transcript', async () => {
  const { session, file } = await replayed(asked, { e: 'reply', n: 1, m: { $complex: [1, 2] } }, { e: 'closed' });
  const error = await failure(session.request({ type: 'a' }), 'NOT_RECORDED');
  expect(error.cause).toMatchObject({
    message: expect.stringMatching(/it has a value of an unknown kind, "\$complex"\n {2}recorded in /) as string,
  });
  expect((error.cause as Error).message).toContain(file);
  expect(await session.closed).toMatchObject({ by: 'pool' });
});

test('so does what was recorded before the first message of the test', async () => {
  const { session } = await replayed({ e: 'event', m: { $complex: [1, 2] } }, { e: 'closed' });
  const error = await failure(session.event(), 'NOT_RECORDED');
  expect(error.cause).toMatchObject({ message: expect.stringContaining('of an unknown kind') as string });
});

test.each([
  ['session.opened', { opened: { $complex: [1] } }, {}],
  ['session.hello', {}, { hello: { $complex: [1] } }],
])('a session whose `%s` cannot be read does not open', async (_, more, head) => {
  using written = writeTranscript(
    transcriptText([open, opened, { e: 'closed' }, { ...open, ...head }, { ...opened, ...more }, { e: 'closed' }]),
  );
  await using pool = await replay(written.file);
  await pool.register();
  const { message } = await failure(pool.register(), 'NOT_RECORDED');
  expect(message).toContain(`recorded in ${written.file}`);
});

test('each session has the hello of its own child', async () => {
  using written = writeTranscript(
    transcriptText([{ ...open, hello: { pid: 1 } }, opened, { ...open, hello: { pid: 2 } }, opened, open, opened]),
  );
  await using pool = await replay(written.file);
  const sessions = [await pool.register(), await pool.register(), await pool.register()];
  expect(sessions.map(({ hello }) => hello)).toEqual([{ pid: 1 }, { pid: 2 }, undefined]);
});

test('of a transcript with several runs, those of the last run of each test are there', async () => {
  const of = (test: string, by: number, run?: number): Written[] => [
    { ...open, test, run },
    opened,
    { e: 'request', n: 1, m: { type: 'add' } },
    { e: 'reply', n: 1, m: { by } },
    { e: 'closed' },
  ];
  using written = writeTranscript(
    transcriptText([...of('adds', 1), ...of('once', 2), ...of('adds', 3, 2), ...of('adds', 4, 2)]),
  );
  await using pool = await replay(written.file);
  const replies: unknown[] = [];
  for (let times = 0; times < 3; times++) {
    await using session = await pool.register();
    replies.push(await session.request({ type: 'add' }));
  }
  expect(replies).toMatchObject([{ by: 2 }, { by: 3 }, { by: 4 }]);
  await failure(pool.register(), 'NOT_RECORDED');
});

test('one that is lost as it was then is over: its id, and its recording, are free', async () => {
  const ends = (by: number): Written[] => [
    open,
    opened,
    { e: 'event', m: { by } },
    { e: 'close', by: 'child', reason: 'because its child ended', code: 'CHILD_EXITED', message: `it ended, ${by}` },
    { e: 'closed' },
  ];
  using written = writeTranscript(transcriptText([...ends(1), ...ends(2)]));
  await using pool = await replay(written.file);
  for (const by of [1, 2]) {
    const session = await pool.register();
    expect(await session.closed).toMatchObject({ by: 'child' });
    expect(session.id).toBe('s1');
    expect(await session.event()).toMatchObject({ by });
  }
});
