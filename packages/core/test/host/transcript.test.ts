/** The transcript of a run, from its host. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { recordedValue } from '../../src/base/transcript-value.ts';
import {
  transcriptHeader,
  transcriptLine,
  type TranscriptEnd,
  type TranscriptEvent,
} from '../../src/base/transcript.ts';
import { runFiles, runsFolder, transcriptFileOf, transcriptFiles } from '../../src/process/run-files.ts';
import { carpool } from '../cli/carpool.ts';
import { configured, run, worker } from '../machine/support.ts';
import { place, program } from '../support/pools.ts';

afterEach(() => vi.unstubAllEnvs());

type Message = Extract<TranscriptEvent, { m: unknown }>;

/** A project that keeps its runs. */
function project(content: object): string {
  const { path } = place();
  mkdirSync(join(path, 'node_modules'));
  configured(content);
  return path;
}

interface Written {
  readonly header: object;
  readonly events: readonly (TranscriptEvent | TranscriptEnd)[];
}

function written(file: string): Written {
  const [first = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  return { header: transcriptHeader(first), events: lines.map((line, at) => transcriptLine(line, at + 2)) };
}

function kept(root: string): Written {
  return written(transcriptFiles(runsFolder(root) ?? '')[0] ?? '');
}

/** Without what is another in each run. */
function plain({ events }: Written): object[] {
  return events.map((event) => ({ ...event, t: undefined }));
}

const cart = { holder: { test: 'adds a row', file: 'cart.test.ts' }, under: ['cart.test.ts', 'adds a row'] };
const closing = [
  { s: 'echoes/s1', e: 'close', by: 'unregister', reason: 'by `unregister`' },
  { s: 'echoes/s1', e: 'send', in: 'close', m: { type: 'reset' } },
  { s: 'echoes/s1', e: 'event', in: 'close', m: { type: 'closed' } },
  { s: 'echoes/s1', e: 'closed' },
];

test('a transcript has every message of a session, whose it is, and how it ended', async () => {
  const root = project({ pools: { echoes: program('echo') }, transcript: true });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const session = await client.register('echoes', cart);
  session.send({ type: 'note', text: 'seen' });
  await session.request({ type: 'query', deep: { list: [1, 'two', null] } });
  await session.unregister();
  await host.stop();
  const transcript = kept(root);
  expect(transcript.header).toMatchObject({ carpoolTranscript: 1, runner: 'a test', folder: root });
  expect(plain(transcript)).toMatchObject([
    { s: 'echoes/s1', e: 'open', pool: 'echoes', test: 'adds a row', file: 'cart.test.ts' },
    { s: 'echoes/s1', e: 'opened', id: 's1' },
    { s: 'echoes/s1', e: 'send', m: { type: 'note', text: 'seen' } },
    { s: 'echoes/s1', e: 'request', n: expect.any(Number), m: { type: 'query', deep: { list: [1, 'two', null] } } },
    { s: 'echoes/s1', e: 'event', m: { type: 'reply', echo: { type: 'note', text: 'seen' } } },
    { s: 'echoes/s1', e: 'reply', m: { type: 'reply', echo: { deep: { list: [1, 'two', null] } } } },
    ...closing,
    { e: 'end', dropped: 0 },
  ]);
  // The same run has a timeline under the same name.
  expect(runFiles(runsFolder(root) ?? '').map(transcriptFileOf)).toEqual(transcriptFiles(runsFolder(root) ?? ''));
});

const messages = ({ events }: Written): Message[] => events.filter((event): event is Message => 'm' in event);

/** Those of the user, as "kind n". */
const kinds = (transcript: Written): string[] =>
  messages(transcript).flatMap(({ e, n, in: phase }) =>
    phase === undefined ? `${e}${n === undefined ? '' : ` ${n}`}` : [],
  );

test('a reply, a step, a refusal, an answer have the number of what they belong to', async () => {
  const root = project({ pools: { steps: program('steps --count=2'), asks: program('asks') }, transcript: true });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const session = await client.register('steps', cart);
  const interaction = session.interact({ type: 'interact' });
  for await (const _ of interaction);
  await expect(session.request({ type: 'refuse' })).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
  await session.unregister();
  const asking = await client.register('asks', { holder: { test: 'asks' } });
  asking.answer(() => ({ type: 'answer', is: 42 }));
  await asking.request({ type: 'query' });
  await asking.unregister();
  await host.stop();
  const all = kept(root);
  const [first = 0, second = 0] = messages(all).flatMap(({ e, n, s }) =>
    e === 'request' && s === 'steps/s1' ? (n ?? 0) : [],
  );
  expect(second).toBeGreaterThan(first);
  const of = (pool: string): string[] =>
    kinds({ ...all, events: all.events.filter((one) => 's' in one && one.s === `${pool}/s1`) });
  expect(of('steps')).toEqual([
    `request ${first}`,
    `step ${first}`,
    `step ${first}`,
    `reply ${first}`,
    `request ${second}`,
    `refusal ${second}`,
  ]);
  const [request = ''] = of('asks');
  expect(of('asks')).toEqual([request, 'ask 1', 'answer 1', request.replace('request', 'reply')]);
  // The stamps of the protocol are another session's in the next run.
  for (const { m } of messages(all)) expect(Object.keys(m as object)).not.toContain('session');
});

test('a request that is given up is told as such', async () => {
  const root = project({ pools: { asks: program('asks') }, transcript: true });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const session = await client.register('asks', cart);
  const enough = new AbortController();
  // The child has the request when it asks.
  session.answer(() => {
    enough.abort(new Error('enough'));
    return { type: 'answer' };
  });
  await expect(session.request({ type: 'query' }, { signal: enough.signal })).rejects.toThrow('enough');
  await session.unregister();
  await host.stop();
  const { events } = kept(root);
  const request = events.find((event) => event.e === 'request' && event.in === undefined);
  expect(events).toContainEqual(expect.objectContaining({ e: 'cancel', n: (request as Message | undefined)?.n }));
});

test('what JSON has not is kept as it was, also of a child that speaks MessagePack', async () => {
  const root = project({ pools: { echoes: program('echo', { codec: 'msgpack' }) }, transcript: true });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const session = await client.register('echoes', cart);
  const bytes = new Uint8Array([0, 255, 3]);
  await session.request({ type: 'query', bytes, big: 2n ** 60n, not: Number.NaN, at: new Date(5) });
  await session.unregister();
  await host.stop();
  const [request] = messages(kept(root)).filter(({ e }) => e === 'request');
  expect(recordedValue(request?.m ?? null)).toEqual({
    type: 'query',
    bytes,
    big: 2n ** 60n,
    not: Number.NaN,
    at: new Date(5),
  });
});

test('secrets are not in it, unless the config shows them', async () => {
  const secret = 'x9KqUk2LbmTw83Zp';
  for (const redact of [undefined, false] as const) {
    const root = project({ pools: { echoes: program('echo') }, transcript: true, ...(redact === false && { redact }) });
    const host = await run({ host: 'run' });
    const client = await worker(host);
    const session = await client.register('echoes', cart);
    await session.request({
      type: 'login',
      password: secret,
      headers: [{ name: 'Authorization', value: `Bearer ${secret}` }],
    });
    await session.unregister();
    await host.stop();
    const text = readFileSync(transcriptFiles(runsFolder(root) ?? '')[0] ?? '', 'utf8');
    expect(text.includes(secret)).toBe(redact === false);
    expect(text.includes('[redacted]')).toBe(redact !== false);
    rmSync(join(root, 'node_modules'), { recursive: true });
  }
});

test('a session that was opened ahead is taken by the test that gets it', async () => {
  const root = project({ pools: { echoes: program('echo', { maxSessions: 2, warm: 1 }) }, transcript: true });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  await (await client.register('echoes', cart)).unregister();
  const session = await client.register('echoes', { holder: { test: 'is next' } });
  await session.unregister();
  await host.stop();
  const { events } = kept(root);
  const taken = events.find(({ e }) => e === 'taken');
  expect(taken).toMatchObject({ s: `echoes/${session.id}`, test: 'is next' });
  expect(events.find((event) => event.e === 'open' && event.s === `echoes/${session.id}`)).toMatchObject({
    warm: true,
  });
});

test('that a test has failed, and what its child died of, is at the end of its session', async () => {
  const root = project({ pools: { echoes: program('echo'), dies: program('exits-on-request') }, transcript: true });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  await client.register('echoes', cart);
  const dying = await client.register('dies', { holder: { test: 'dies' } });
  await expect(dying.request({ type: 'die', code: 3 })).rejects.toMatchObject({ code: 'CHILD_EXITED' });
  await client.release(cart.under, true);
  await host.stop();
  const { events } = kept(root);
  expect(events.find(({ e, ...one }) => e === 'closed' && 's' in one && one.s === 'echoes/s1')).toMatchObject({
    failed: true,
  });
  expect(events.find(({ e, ...one }) => e === 'close' && 's' in one && one.s === 'dies/s1')).toMatchObject({
    by: 'child',
    code: 'CHILD_EXITED',
  });
});

test('that a test has failed is a line of its own where its child has ended its session before', async () => {
  const root = project({ pools: { dies: program('exits-on-request') }, transcript: true });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const dying = await client.register('dies', cart);
  await expect(dying.request({ type: 'die', code: 3 })).rejects.toMatchObject({ code: 'CHILD_EXITED' });
  // Its last line is written.
  await (await client.register('dies', { holder: { test: 'passes' } })).unregister();
  await client.release(cart.under, true);
  await host.stop();
  const { events } = kept(root);
  expect(events.find((event) => event.e === 'closed' && event.s === 'dies/s1')).not.toHaveProperty('failed');
  expect(events.filter(({ e }) => e === 'failed')).toMatchObject([{ s: 'dies/s1' }]);
  const { stdout, stderr } = await carpool('transcript', '--failed');
  expect(stderr).toContain('1 session with');
  expect(stdout).toContain('{"t":');
  expect(stdout).toContain('"s":"dies/s1","e":"failed"');
  expect(stdout).not.toContain('dies/s2');
});

test.each([
  ['nothing says so', {}, undefined],
  ['the config says no', { transcript: false }, undefined],
  ['the environment says no', { transcript: true }, '0'],
])('there is none where %s', async (_, content, variable) => {
  if (variable !== undefined) vi.stubEnv('CARPOOL_TRANSCRIPT', variable);
  const root = project({ pools: { echoes: program('echo') }, ...content });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  await (await client.register('echoes', cart)).unregister();
  await host.stop();
  expect(runFiles(runsFolder(root) ?? '')).toHaveLength(1);
  expect(transcriptFiles(runsFolder(root) ?? '')).toEqual([]);
});

test('the environment may name a folder, of a project without any, too', async () => {
  vi.stubEnv('CARPOOL_TRANSCRIPT', 'told');
  const { path } = place();
  configured();
  const host = await run({ host: 'run' });
  const client = await worker(host);
  await (await client.register('echoes', cart)).unregister();
  await host.stop();
  const [file = ''] = transcriptFiles(join(path, 'told'));
  expect(kinds(written(file))).toEqual([]);
  expect(statSync(file).mode & 0o077).toBe(0);
  rmSync(join(path, 'told'), { recursive: true });
});

test('a transcript that cannot be written is told, and fails no test', async () => {
  const root = project({ pools: { echoes: program('echo') } });
  writeFileSync(join(root, 'file'), '');
  vi.stubEnv('CARPOOL_TRANSCRIPT', 'file');
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const session = await client.register('echoes', cart);
  await session.request({ type: 'query' });
  await session.unregister();
  const lines = await host.stop();
  const stderr = told.mock.calls.map(([text]) => String(text)).join('');
  told.mockRestore();
  expect(stderr).toMatch(/carpool: the transcript of this run is not kept: .*file/);
  expect(lines.at(-1)).toMatch(
    /^carpool: warning: \d messages are not in the transcript of this run, .*: it could not be written$/,
  );
});

test('the runs of a watch mode have numbers, from the second on', async () => {
  const root = project({ pools: { echoes: program('echo') }, transcript: true });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  for (let runs = 0; runs < 3; runs++) {
    if (runs > 0) {
      await host.runEnded();
      await host.runStarted();
    }
    for (let sessions = 0; sessions < 2; sessions++) await (await client.register('echoes', cart)).unregister();
  }
  await host.stop();
  const runs = kept(root).events.flatMap((event) => (event.e === 'open' ? [event.run] : []));
  expect(runs).toEqual([undefined, undefined, 2, 2, 3, 3]);
});
