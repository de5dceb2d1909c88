/** The transcripts of runs on the host of the machine: each has what its own sessions say, in a file of its project. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  transcriptHeader,
  transcriptLine,
  type TranscriptEnd,
  type TranscriptEvent,
  type TranscriptHeader,
} from '../../src/base/transcript.ts';
import { readRun } from '../../src/cli/report/read.ts';
import { stop } from '../../src/cli/stop.ts';
import { livingMachineHost, machineFolder } from '../../src/hosts/machine-folder.ts';
import { runsFolder, timelineFileOf, transcriptFiles } from '../../src/process/run-files.ts';
import { carpool } from '../cli/carpool.ts';
import { place, program, until } from '../support/pools.ts';
import { configured, onMachine, run, worker } from './support.ts';

interface Written {
  readonly header: TranscriptHeader;
  readonly events: readonly (TranscriptEvent | TranscriptEnd)[];
}

/** A folder with a config, whose runs are kept. */
function project(content: object = { pools: { echoes: program('echo') } }): string {
  const root = join(place().path, 'shop');
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  configured(content, root);
  return root;
}

/** Their files, the first run first. */
function files(root: string): string[] {
  return transcriptFiles(runsFolder(root) ?? '').toReversed();
}

function written(file: string): Written {
  const [first = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  return { header: transcriptHeader(first), events: lines.map((line, at) => transcriptLine(line, at + 2)) };
}

/** Without what is another in each run. */
function plain({ events }: Written): object[] {
  return events.map((event) => ({ ...event, t: undefined }));
}

async function wanted(root: string, variable: string): ReturnType<typeof run> {
  const before = process.env['CARPOOL_TRANSCRIPT'];
  process.env['CARPOOL_TRANSCRIPT'] = variable;
  try {
    return await run({ root });
  } finally {
    if (before === undefined) delete process.env['CARPOOL_TRANSCRIPT'];
    else process.env['CARPOOL_TRANSCRIPT'] = before;
  }
}

const cart = { holder: { test: 'adds a row', file: 'cart.test.ts' }, under: ['cart.test.ts', 'adds a row'] };

test('runs that share a child have what their own sessions say, and one that wants no transcript has none', async () => {
  onMachine();
  const root = project();
  const runs = [await wanted(root, '1'), await wanted(root, '1'), await wanted(root, '0')];
  const clients = await Promise.all(runs.map(worker));
  const sessions = [];
  for (const [at, client] of clients.entries())
    sessions.push(await client.register('echoes', { holder: { test: `test ${at}` }, params: { of: at } }));
  for (const [at, session] of sessions.entries()) {
    session.send({ type: 'note', of: at });
    await session.request({ type: 'query', of: at, password: 'x9KqUk2LbmTw83Zp' });
  }
  const pids = (await Promise.all(clients.map((client) => client.stats()))).map(([stats]) => stats?.pids);
  for (const session of sessions) await session.unregister();
  for (const each of runs) expect((await each.stop()).join()).not.toContain('transcript');
  // They have shared it.
  expect(new Set(pids.map(String)).size).toBe(1);
  const found = files(root);
  expect(found).toHaveLength(2);
  for (const [at, file] of found.entries()) {
    const transcript = written(file);
    const s = `echoes/${String(sessions[at]?.id)}`;
    expect(plain(transcript)).toMatchObject([
      { s, e: 'open', pool: 'echoes', test: `test ${at}`, params: { of: at }, child: pids[0]?.[0] },
      { s, e: 'opened', id: sessions[at]?.id },
      { s, e: 'send', m: { type: 'note', of: at } },
      { s, e: 'request', m: { type: 'query', of: at, password: '[redacted]' } },
      { s, e: 'event', m: { type: 'reply', echo: { type: 'note', of: at } } },
      { s, e: 'reply', m: { type: 'reply', echo: { of: at, password: '[redacted]' } } },
      { s, e: 'close', by: 'unregister' },
      { s, e: 'send', in: 'close', m: { type: 'reset' } },
      { s, e: 'event', in: 'close', m: { type: 'closed' } },
      { s, e: 'closed' },
      { e: 'end', dropped: 0 },
    ]);
    expect(statSync(file).mode & 0o077).toBe(0);
    // The same run has a timeline under the same name, with the same zero.
    const { header, sessions: timed } = readRun(readFileSync(timelineFileOf(file), 'utf8'));
    expect(transcript.header).toMatchObject({ runner: 'a test', folder: root, zero: header.zero, pid: header.pid });
    const [opened] = transcript.events.filter(({ e }) => e === 'opened');
    expect(Math.abs((opened?.t ?? -1) - (timed[0]?.opened ?? 0))).toBeLessThan(100);
  }
  const { stdout } = await carpool('transcript', '--run', found[1] ?? '', '--test', 'test 1', '--text');
  expect(stdout).toContain('→ request');
});

test('a session that was opened ahead, for any run, is given to none that has a transcript, and none is opened for it', async () => {
  onMachine();
  const root = project({ pools: { echoes: program('echo', { maxSessions: 4, warm: 1 }) } });
  const [recorded, other] = [await wanted(root, '1'), await wanted(root, '0')];
  const [client, usual] = [await worker(recorded), await worker(other)];
  const first = await client.register('echoes', cart);
  expect((await client.stats())[0]).toMatchObject({ open: 1, warm: 0 });
  const plainOne = await usual.register('echoes', { holder: { test: 'is not recorded' } });
  await until('one is opened ahead', async () => (await usual.stats())[0]?.warm === 1);
  const second = await client.register('echoes', { holder: { test: 'is next' } });
  await second.request({ type: 'query' });
  expect((await client.stats())[0]).toMatchObject({ open: 3, warm: 1 });
  for (const session of [first, second, plainOne]) await session.unregister();
  await Promise.all([recorded.stop(), other.stop()]);
  const [file = '', ...others] = files(root);
  expect(others).toEqual([]);
  const { events } = written(file);
  expect(events.flatMap((event) => (event.e === 'open' ? [[event.test, event.warm]] : []))).toEqual([
    ['adds a row', undefined],
    ['is next', undefined],
  ]);
  expect(events.filter(({ e }) => e === 'taken')).toEqual([]);
});

test('the runs of a watch mode have numbers, and what is open when a run, or the host, ends is ended in its file', async () => {
  onMachine();
  const root = project({ pools: { echoes: program('echo') }, transcript: true });
  const [host, other] = [await run({ root }), await run({ root })];
  const [client, untilTheEnd] = [await worker(host), await worker(other)];
  await (await client.register('echoes', cart)).unregister();
  await host.runEnded();
  await host.runStarted();
  await client.register('echoes', cart);
  await untilTheEnd.register('echoes', cart);
  await client.release(cart.under, true);
  await client.register('echoes', { holder: { test: 'goes on' } });
  await host.stop();
  vi.spyOn(console, 'log').mockReturnValue();
  await stop();
  const [watched, ended] = files(root).map(written);
  expect(watched?.events.flatMap((event) => (event.e === 'open' ? [[event.test, event.run]] : []))).toEqual([
    ['adds a row', undefined],
    ['adds a row', 2],
    ['goes on', 2],
  ]);
  expect(watched?.events.flatMap((event) => (event.e === 'closed' ? [event.failed] : []))).toEqual([
    undefined,
    true,
    undefined,
  ]);
  for (const transcript of [watched, ended]) {
    expect(transcript?.events.at(-1)).toMatchObject({ e: 'end', dropped: 0 });
    expect(transcript?.events.at(-2)).toMatchObject({ e: 'closed' });
  }
});

test('of a host that is killed a transcript is there up to then, and the next run has another file', async () => {
  onMachine();
  const root = project({ pools: { echoes: program('echo') }, transcript: true });
  const host = await run({ root });
  const session = await (await worker(host)).register('echoes', cart);
  await session.request({ type: 'query' });
  await until('it is written', () => files(root).some((file) => readFileSync(file, 'utf8').includes('"reply"')));
  const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => printed.mockRestore());
  process.kill(livingMachineHost(machineFolder())?.pid ?? 0, 'SIGKILL');
  await expect(session.request({ type: 'query' })).rejects.toMatchObject({ code: 'HUB_LOST' });
  await until('the run knows', async () => {
    await host.runStarted();
    const client = await worker(host).catch(() => undefined);
    if (client === undefined) return false;
    await (await client.register('echoes', { holder: { test: 'comes later' } })).unregister();
    return true;
  });
  await host.stop();
  const [killed, next, ...others] = files(root).map(written);
  expect(others).toEqual([]);
  expect(killed?.events.map(({ e }) => e)).toEqual(['open', 'opened', 'request', 'reply']);
  expect(next?.events.flatMap((event) => (event.e === 'open' ? [event.test] : []))).toEqual(['comes later']);
  expect(next?.events.at(-1)).toMatchObject({ e: 'end', dropped: 0 });
});

test('a transcript that cannot be written is told to its run, and fails no test', async () => {
  onMachine();
  const root = project();
  writeFileSync(join(root, 'file'), '');
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => told.mockRestore());
  const host = await wanted(root, 'file');
  const session = await (await worker(host)).register('echoes', cart);
  await session.request({ type: 'query' });
  await session.unregister();
  expect((await host.stop()).at(-1)).toMatch(
    /^carpool: warning: \d messages are not in the transcript of this run, .*: it could not be written$/,
  );
  expect(told.mock.calls.map(([text]) => String(text)).join('')).toMatch(
    /carpool: the transcript of this run is not kept: .*file/,
  );
});

test('the folder that the environment names is in the project, also of one that keeps no runs', async () => {
  onMachine();
  const root = project();
  rmSync(join(root, 'node_modules'), { recursive: true });
  const host = await wanted(root, 'told');
  await (await (await worker(host)).register('echoes', cart)).unregister();
  await host.stop();
  const [file = '', ...others] = transcriptFiles(join(root, 'told'));
  expect(others).toEqual([]);
  expect(written(file).events.map(({ e }) => e)).toEqual(['open', 'opened', 'close', 'send', 'event', 'closed', 'end']);
});
