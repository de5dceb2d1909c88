// A run whose pools are answered from transcripts: CARPOOL_REPLAY. No program of its pools is there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { statusOf } from '../../src/cli/ps/ask.ts';
import type { HostClient } from '../../src/client/client.ts';
import { server } from '../../src/config/define-server.ts';
import { configured, run, worker } from '../machine/support.ts';
import { failure } from '../support/failure.ts';
import { place } from '../support/pools.ts';
import { header, transcriptText, type Written } from '../support/transcripts.ts';

const shop = { command: 'no-such-program', protocol: { close: { send: { type: 'reset' } } }, maxSessions: 2 };

afterEach(() => void vi.unstubAllEnvs());

interface Told {
  readonly test?: string;
  readonly file?: string;
  readonly by?: number;
  readonly pool?: string;
}

/** One session with one request, as it was recorded in another copy of the project. */
function session({
  test: name = 'adds',
  file = '/code/shop/cart.test.ts',
  by = 1,
  pool = 'shop',
}: Told = {}): Written[] {
  return [
    { e: 'open', pool, test: name, file },
    { e: 'opened', id: 's9' },
    { e: 'request', n: 1, m: { type: 'add', by } },
    { e: 'reply', n: 1, m: { total: by } },
    { e: 'close', by: 'owner' },
    { e: 'closed' },
  ];
}

/** A project, and a folder of transcripts in it from which its pools are answered. */
function project(transcripts: Readonly<Record<string, string>>, pools: object = { shop }): string {
  const { path } = place();
  configured({ pools });
  mkdirSync(join(path, 'recorded'));
  for (const [name, text] of Object.entries(transcripts)) writeFileSync(join(path, 'recorded', name), text);
  vi.stubEnv('CARPOOL_REPLAY', join(path, 'recorded'));
  return path;
}

async function adds(client: HostClient, root: string, by: number, name = 'adds'): Promise<unknown> {
  const holder = { test: name, file: join(root, 'cart.test.ts') };
  const registered = await client.register('shop', { holder, under: [holder.file, name] });
  try {
    return await registered.request({ type: 'add', by });
  } finally {
    await registered.unregister();
  }
}

test('sessions are answered by test and file, whichever worker asks first, and no program is started', async () => {
  const text = transcriptText([...session({ by: 1 }), ...session({ test: 'adds two', by: 2 })]);
  const root = project({ 'a.transcript.jsonl': text });
  const host = await run({ host: 'run' });
  const [one, two] = [await worker(host), await worker(host)];
  expect(await Promise.all([adds(two, root, 2, 'adds two'), adds(one, root, 1)])).toMatchObject([
    { total: 2, session: expect.stringMatching(/^s9(\.2)?$/) },
    { total: 1 },
  ]);
  const status = await statusOf(String(host.provided.address), 5);
  expect(status.pools).toMatchObject([{ name: 'shop', children: [], replays: join(root, 'recorded') }]);
  expect(await one.stats()).toMatchObject([{ sessions: 2, pids: [], unconfirmed: 0, replayed: { unasked: 0 } }]);
  expect(await host.summary()).toEqual([
    expect.stringContaining(`carpool: shop: a replay of ${join(root, 'recorded')}, no child, 2 sessions`),
  ]);
});

test('a test that was not recorded, one that has changed, and one session more are refused where they ask', async () => {
  const root = project({ 'a.transcript.jsonl': transcriptText(session()) });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const missing = await failure(adds(client, root, 1, 'subtracts'), 'NOT_RECORDED');
  expect(missing.message).toContain(
    'Cannot replay a session of pool "shop" for "subtracts" (cart.test.ts): this test was not recorded\n  of its file these were: "adds"',
  );
  expect(missing.stack).toContain('replay.test.ts');
  const changed = await failure(adds(client, root, 7), 'NOT_RECORDED');
  expect(changed.message).toContain('.by: recorded 1, now 7');
  expect(changed.stack).toContain('replay.test.ts');
  const more = await failure(adds(client, root, 1), 'NOT_RECORDED');
  expect(more.message).toContain('it is one more than the one that was recorded');
  expect(await client.stats()).toMatchObject([{ replayed: { unasked: 1 }, failures: 0 }]);
  expect((await host.summary())[1]).toContain('"adds" (cart.test.ts) has not sent {"type":"add","by":1}');
});

test('another run in the same host may ask for everything again', async () => {
  const root = project({ 'a.transcript.jsonl': transcriptText(session()) });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  await adds(client, root, 1);
  await host.runEnded();
  await host.runStarted();
  expect(await adds(client, root, 1)).toMatchObject({ total: 1 });
});

test('of several transcripts the last one that has a test counts for it', async () => {
  const at = (zero: number, events: readonly Written[]): string => transcriptText(events, { ...header, zero });
  const root = project({
    'a.transcript.jsonl': at(2, [...session({ by: 2 })]),
    'b.transcript.jsonl': at(1, [...session({ by: 1 }), ...session({ test: 'old', by: 1 })]),
  });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  expect(await adds(client, root, 2)).toMatchObject({ total: 2 });
  expect(await adds(client, root, 1, 'old')).toMatchObject({ total: 1 });
});

test('a send that was not recorded ends its session, and what waits in it says why', async () => {
  const root = project({ 'a.transcript.jsonl': transcriptText(session()) });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const holder = { test: 'adds', file: join(root, 'cart.test.ts') };
  const registered = await client.register('shop', { holder });
  const waiting = registered.event();
  registered.send({ type: 'note' });
  const error = await failure(waiting, 'NOT_RECORDED');
  expect(error.message).toContain('Cannot wait for an event');
  expect(error.cause).toMatchObject({ message: expect.stringContaining('it was not recorded: {"type":"note"}') });
});

test('events that come at once, and are read late, end no session', async () => {
  const events = Array.from({ length: 500 }, (_, at): Written => ({ e: 'event', m: { at } }));
  const all = session().toSpliced(3, 0, ...events);
  const few = { ...shop, maxUnreadEvents: 3 };
  const root = project({ 'a.transcript.jsonl': transcriptText(all) }, { shop: few });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const registered = await client.register('shop', { holder: { test: 'adds', file: join(root, 'cart.test.ts') } });
  const first = registered.event();
  expect(await registered.request({ type: 'add', by: 1 })).toMatchObject({ total: 1 });
  expect(await first).toMatchObject({ at: 0 });
  for (let at = 1; at < events.length; at++) expect(await registered.event()).toMatchObject({ at });
});

test.each([
  ['an empty folder', {}, /there is no transcript in it, no \*\.jsonl\. Record a run there, with CARPOOL_TRANSCRIPT=/],
  ['a newer version', { 'a.transcript.jsonl': '{"carpoolTranscript":2,"carpool":"9.0.0"}\n' }, /it has version 2/],
  ['no sessions', { 'a.transcript.jsonl': transcriptText([]) }, /the transcript there has no session/],
])('%s is one sentence, which each session fails with', async (_, transcripts, expected) => {
  const root = project(transcripts);
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const { message } = await failure(adds(client, root, 1), 'NOT_RECORDED');
  expect(message).toMatch(expected);
  expect(message).not.toContain('\n');
});

test('pools that were not recorded, and servers, are started as ever; where they cannot be, it is said why they are', async () => {
  const root = project(
    { 'a.transcript.jsonl': transcriptText([...session(), ...session({ pool: 'db' })]) },
    { shop, other: shop, db: server({ command: 'no-such-server', args: ['{port}'], ready: { port: true } }) },
  );
  const host = await run({ host: 'run' });
  const client = await worker(host);
  expect((await failure(client.register('other'), 'CHILD_NOT_STARTED')).message).toContain(
    `${join(root, 'recorded')}, from which this run is answered, has no session of this pool`,
  );
  expect((await failure(client.register('db'), 'CHILD_NOT_STARTED')).message).toContain('has nothing of servers');
  expect(await adds(client, root, 1)).toMatchObject({ total: 1 });
});

test("a config with host: 'machine' is served by the run's own host: it has the recordings", async () => {
  const root = project({ 'a.transcript.jsonl': transcriptText(session()) });
  configured({ pools: { shop }, host: 'machine' });
  const host = await run();
  const client = await worker(host);
  expect(await adds(client, root, 1)).toMatchObject({ total: 1 });
});
