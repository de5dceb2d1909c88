// A reply that was recorded behind a message of the test: how long it is waited for.
import { expect, test } from 'vitest';
import { json } from '../../src/codec/json.ts';
import { Frame } from '../../src/codec/frame.ts';
import type { SessionPort, Route } from '../../src/protocol/protocol.ts';
import { sessionField } from '../../src/protocol/session-field.ts';
import { ReplayBook } from '../../src/replay/replay-book.ts';
import { ReplayConnection } from '../../src/replay/replay-connection.ts';
import { sessionOf } from '../../src/replay/recorded-session.ts';
import { FakeClock } from '../support/clock.ts';

const head = { s: 'x1', id: 's1', t: 0, line: 2, inRun: 1, pool: 'shop', test: 'adds' };
const messages = [
  { e: 'opened', t: 90, id: 's1' },
  { e: 'request', t: 100, n: 1, m: { type: 'a' } },
  { e: 'request', t: 110, n: 2, m: { type: 'b' } },
  { e: 'send', t: 350, m: { type: 'go on' } },
  { e: 'reply', t: 360, n: 2, m: { type: 'of b' } },
  { e: 'reply', t: 370, n: 1, m: { type: 'of a' } },
  { e: 'closed', t: 380 },
] as const;

/** Lets what is due in this turn happen. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function connected(patience?: number) {
  const recorded = sessionOf(
    head,
    messages.map((message, at) => [{ s: 'x1', ...message }, at + 3]),
  );
  const book = new ReplayBook({
    pool: 'shop',
    place: 'shop.jsonl',
    recordings: [{ head, load: () => recorded }],
    relative: (file) => file,
    isOfAny: true,
  });
  const clock = new FakeClock();
  const replay = new ReplayConnection({ book, protocol: sessionField({}), format: json, clock, patience });
  const routes: Route[] = [];
  replay.start({ frame: (frame) => void routes.push(replay.protocol.route(frame)), closed: () => {} });
  const id = replay.begin('s1', { test: 'adds' }, undefined);
  await replay.protocol.open?.({ freshId: id } as SessionPort);
  const send = async (kind: 'request' | 'send', type: string, call = 0): Promise<void> => {
    const frame = Frame.of({ type }, json);
    replay.protocol.address({ kind, frame, wireId: id, call, owns: () => true });
    await turn();
  };
  return { clock, routes, send };
}

test('after its time, each request that waits is refused, with what the test has not sent', async () => {
  const { clock, routes, send } = await connected(1_000);
  await send('request', 'a', 7);
  // Another message of the test begins the time anew; the time of then is that between the two.
  clock.pass(1_019);
  await send('request', 'b', 8);
  clock.pass(1_479);
  expect(routes).toEqual([]);
  clock.pass(1);
  const message = [
    'Cannot replay the reply to a request of session s1 of "adds" to pool "shop": what was recorded next comes after the test has sent {"type":"go on"}, and 1480 ms later it has not',
    'recorded in shop.jsonl. To record again, run it with CARPOOL_TRANSCRIPT=DIR where the program is installed',
  ].join('\n  ');
  expect(routes).toMatchObject([
    { as: 'refusal', to: 's1', key: '7', refusal: { message, error: { code: 'NOT_RECORDED' } } },
    { as: 'refusal', to: 's1', key: '8', refusal: { message } },
  ]);
  // What comes for them afterwards is wanted no more.
  await send('send', 'go on');
  expect(routes).toHaveLength(2);
  expect(clock.pending).toBe(0);
});

test('by default it is 5 s, beside twice the time of then; what comes before has its replies', async () => {
  const { clock, routes, send } = await connected();
  await send('request', 'a', 7);
  await send('request', 'b', 8);
  clock.pass(5_479);
  await send('send', 'go on');
  expect(routes).toEqual([
    { as: 'reply', to: 's1', key: '8' },
    { as: 'reply', to: 's1', key: '7' },
  ]);
  expect(clock.pending).toBe(0);
});
