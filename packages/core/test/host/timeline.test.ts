import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LeaseEvent } from '../../src/base/timeline.ts';
import { transcriptLine } from '../../src/base/transcript.ts';
import { readRun } from '../../src/cli/report/read.ts';
import type { RecordedRun } from '../../src/report/recorded-run.ts';
import { TimelineFile } from '../../src/host/timeline-file.ts';
import { runFiles, runsFolder, transcriptFiles } from '../../src/process/run-files.ts';
import { systemClock } from '../../src/base/clock.ts';
import { timelineVersion } from '../../src/wire/timeline-lines.ts';
import { carpool } from '../cli/carpool.ts';
import { configured, run, worker } from '../machine/support.ts';
import { place, program, programPath, programProtocol } from '../support/pools.ts';

/** A project that keeps its runs. */
function project(content?: object): string {
  const { path } = place();
  mkdirSync(join(path, 'node_modules'));
  configured(content);
  return path;
}

function kept(root: string): RecordedRun[] {
  return runFiles(runsFolder(root) ?? '').map((file) => readRun(readFileSync(file, 'utf8')));
}

const cart = { holder: { test: 'adds a row', file: 'cart.test.ts' }, under: ['cart.test.ts', 'adds a row'] };

test('the host of a run keeps its sessions, children and leases, in the order of their ends', async () => {
  const root = project({ pools: { echoes: program('echo', { maxSessions: 1 }) } });
  const host = await run({ host: 'run' });
  const [client, other] = [await worker(host), await worker(host)];
  const session = await client.register('echoes', cart);
  const waiting = other.register('echoes', { holder: { test: 'waits' }, under: ['wait.test.ts'] });
  const lock = { name: 'printer', kind: 'lock', size: 1, weight: 1, holder: { test: 'prints' } } as const;
  const { held } = await client.leases.acquire({ ...lock, at: 'print.test.ts:3:1' });
  held.release();
  await session.unregister();
  await (await waiting).unregister();
  await host.stop();
  const [recorded] = kept(root);
  expect(recorded).toMatchObject({ ended: true, dropped: 0, header: { runner: 'a test', folder: root } });
  expect(recorded?.leases).toMatchObject([
    { name: 'printer', kind: 'lock', test: 'prints', takenAt: 'print.test.ts:3:1' },
  ]);
  const [first, second] = recorded?.sessions ?? [];
  expect(first).toMatchObject({ pool: 'echoes', id: 's1', test: 'adds a row', file: 'cart.test.ts' });
  expect(second).toMatchObject({ id: 's2', test: 'waits', worker: `a test ${process.pid}` });
  // It waited for the first.
  expect(second?.granted).toBeGreaterThanOrEqual(first?.over ?? Infinity);
  const [child] = recorded?.children ?? [];
  expect(recorded?.children).toMatchObject([{ pool: 'echoes', sessions: 2, generation: 1 }]);
  expect(child?.pid).toBe(first?.child);
  expect(child?.ready).toBeLessThanOrEqual(first?.opened ?? 0);
  expect(child).not.toHaveProperty('failure');
});

test('calls that got no session, sessions of failing tests, and children that died are told as such', async () => {
  const root = project({ pools: { echoes: program('echo', { maxSessions: 1 }), wrong: program('no-such-program') } });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  await client.register('echoes', cart);
  await expect(client.register('echoes', { wait: false, holder: { test: 'is full' } })).rejects.toMatchObject({
    code: 'POOL_FULL',
  });
  await expect(client.register('wrong', { holder: { test: 'is wrong' } })).rejects.toMatchObject({
    code: 'CHILD_EXITED',
  });
  await client.release(cart.under, true);
  await host.stop();
  const [recorded] = kept(root);
  const of = (test: string): object | undefined => recorded?.sessions.find((one) => one.test === test);
  expect(of('adds a row')).toMatchObject({ failed: true });
  expect(of('is full')).not.toHaveProperty('granted');
  expect(of('is wrong')).not.toHaveProperty('opened');
  const dead = recorded?.children.find(({ pool }) => pool === 'wrong');
  expect(dead).not.toHaveProperty('ready');
  expect(dead?.failure).toMatch(/pool "wrong"/);
});

test('sessions that tests share are those of no failed test, though a failed one has asked what they said', async () => {
  const root = project({ pools: { echoes: program('echo') }, transcript: true });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const file = ['cart.test.ts'];
  const shared = [
    await client.register('echoes', { holder: { test: 'of the worker' } }),
    await client.register('echoes', { holder: { test: 'of the file', file: 'cart.test.ts' }, under: file }),
  ];
  const failing = await client.register('echoes', cart);
  for (const session of [...shared, failing]) await session.evidence(true);
  await client.release(cart.under, true);
  await client.release(file);
  await host.stop();
  const [recorded] = kept(root);
  const failed = recorded?.sessions.map((one) => [one.test, one.failed]);
  expect(new Map(failed as [string, unknown][])).toEqual(
    new Map([
      ['adds a row', true],
      ['of the file', undefined],
      ['of the worker', undefined],
    ]),
  );
  const [transcript = ''] = transcriptFiles(runsFolder(root) ?? '');
  const ends = readFileSync(transcript, 'utf8').trimEnd().split('\n').slice(1).map(transcriptLine);
  expect(ends.flatMap((one) => (one.e === 'closed' && one.failed === true ? [one.s] : []))).toEqual([
    `echoes/${failing.id}`,
  ]);
});

test('a session that was over before its test failed is one of a failed test', async () => {
  const root = project({ pools: { dies: program('exits-on-request', { maxSessions: 1 }) } });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const of = (test: string): { holder: { test: string; file: string }; under: string[] } => ({
    holder: { test, file: 'cart.test.ts' },
    under: ['cart.test.ts', test],
  });
  // By its own `unregister`, and by the death of its child.
  await (await client.register('dies', of('crashes'))).unregister();
  const dying = await client.register('dies', of('crashes'));
  await expect(dying.request({ type: 'die', code: 3 })).rejects.toMatchObject({ code: 'CHILD_EXITED' });
  await (await client.register('dies', of('passes'))).unregister();
  await client.release(of('crashes').under, true);
  await client.release(of('passes').under);
  await host.stop();
  const [recorded] = kept(root);
  expect(recorded?.sessions.map(({ test, failed }) => ({ test, failed }))).toEqual([
    { test: 'crashes', failed: true },
    { test: 'crashes', failed: true },
    { test: 'passes', failed: undefined },
  ]);
});

test('`carpool report` shows the last run of the project', async () => {
  const root = project();
  const host = await run({ host: 'run' });
  const client = await worker(host);
  await (await client.register('echoes', cart)).unregister();
  await host.stop();
  const { code, stdout } = await carpool('report');
  expect(stdout).toMatch(/^run of a test in .*\n {2}pool echoes: 1 session on 1 child, at most 1 at a time\n/);
  expect(stdout).toContain('1 start of');
  expect(code).toBe(0);
  const json = JSON.parse((await carpool('report', '--json')).stdout) as object;
  expect(json).toMatchObject({ version: 1, summary: { pools: [{ name: 'echoes', sessions: 1 }] } });
  const trace = await carpool('report', '--trace', 'trace.json');
  expect(trace.stdout).toContain('trace.json is written');
  expect(JSON.parse(readFileSync(join(root, 'trace.json'), 'utf8'))).toHaveProperty('traceEvents');
  const unwritten = await carpool('report', '--trace', join('no-such-folder', 'trace.json'));
  expect(unwritten.stderr).toMatch(/^carpool: the trace cannot be written: ENOENT: .*no-such-folder\/trace\.json'\n$/);
  expect(unwritten.code).toBe(1);
  const { stdout: listed } = await carpool('report', '--list');
  expect(listed.trim()).toBe(runFiles(runsFolder(root) ?? '')[0]);
});

test('of children that do not say when they are ready, neither their start nor what sharing has saved is told', async () => {
  const protocol = { ...programProtocol, hello: undefined };
  const silent = { ...program('echo'), args: [programPath('echo')], protocol };
  project({ pools: { echoes: silent } });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  for (const file of ['cart.test.ts', 'sort.test.ts', 'list.test.ts'])
    await (await client.register('echoes', { holder: { test: 'adds', file } })).unregister();
  // As the summary of the run has it.
  const [stats] = await client.stats();
  expect(stats).not.toHaveProperty('startTime');
  await host.stop();
  const { stdout } = await carpool('report');
  expect(stdout).toContain('pool echoes: 3 sessions on 1 child');
  expect(stdout).toMatch(/child \d+: 3 sessions, ended by its pool after/);
  expect(stdout).not.toMatch(/\d starts? of|ready after/);
  const json = JSON.parse((await carpool('report', '--json')).stdout) as { summary: { pools: object[] } };
  expect(json.summary.pools[0]).not.toHaveProperty('saved');
});

test('a test that waited for a value that another one computed has got it', async () => {
  const root = project();
  const host = await run({ host: 'run' });
  const { leases } = await worker(host);
  const first = await leases.once({ key: 'token', detectDeadlock: false, holder: { test: 'logs in' } });
  if (!('settle' in first)) throw new Error('It was computed already');
  // On one connection it arrives before the value.
  const waits = leases.once({ key: 'token', detectDeadlock: false, holder: { test: 'waits' } });
  await first.settle({ value: 'c2VjcmV0' });
  expect(await waits).toHaveProperty('value');
  await host.stop();
  const [recorded] = kept(root);
  const of = (test: string): LeaseEvent | undefined => recorded?.leases.find((one) => one.test === test);
  expect(of('logs in')?.granted).toBeLessThanOrEqual(of('logs in')?.over ?? 0);
  // After the other one had the role, and it held nothing then.
  expect(of('waits')?.granted).toBeGreaterThanOrEqual(of('logs in')?.granted ?? Infinity);
  expect(of('waits')?.granted).toBeLessThanOrEqual(of('waits')?.over ?? 0);
  const { stdout } = await carpool('report');
  expect(stdout).toContain('  once "token": granted 2 times\n');
});

test('where nothing is kept, `carpool report` says why, and fails', async () => {
  const root = project({ pools: { echoes: program('echo') }, report: false });
  const host = await run({ host: 'run' });
  await (await (await worker(host)).register('echoes', cart)).unregister();
  await host.stop();
  expect(runFiles(runsFolder(root) ?? '')).toEqual([]);
  const { code, stderr } = await carpool('report');
  expect(stderr).toContain('unless the config has `report: false`');
  expect(code).toBe(1);
  const other = await carpool('report', 'carpool.config.mjs');
  expect(other.stderr).toContain('carpool.config.mjs: it is not the timeline of a run');
  expect(other.code).toBe(1);
});

test('the last ten runs are kept', async () => {
  const root = project();
  const folder = runsFolder(root) ?? '';
  mkdirSync(folder, { recursive: true });
  for (let at = 10; at < 22; at++) writeFileSync(join(folder, `2026-01-01T00-00-${at}-000Z-1.jsonl`), '');
  writeFileSync(join(folder, 'mine.jsonl'), '');
  const host = await run({ host: 'run' });
  await (await (await worker(host)).register('echoes', cart)).unregister();
  await host.stop();
  const left = readdirSync(folder);
  expect(left).toHaveLength(11);
  expect(left).toContain('mine.jsonl');
  expect(left).toContain('2026-01-01T00-00-21-000Z-1.jsonl');
  expect(left).not.toContain('2026-01-01T00-00-12-000Z-1.jsonl');
});

const header = { carpoolTimeline: timelineVersion, carpool: '1.2.3', folder: '/', pid: 1, zero: 0 } as const;

test('a file that is full says how many events it has not', () => {
  const { path } = place();
  const file = join(path, 'a.jsonl');
  const warn = (message: string): never => expect.fail(message);
  const timeline = new TimelineFile({ file, header, clock: systemClock, warn, limit: 1_000 });
  for (let at = 0; at < 100; at++)
    timeline.add({ event: 'lease', name: 'a', kind: 'lock', since: at / 3, granted: at / 3, over: at });
  timeline.close();
  // After its end it takes nothing, and says nothing.
  timeline.add({ event: 'lease', name: 'a', kind: 'lock', since: 0, over: 1 });
  timeline.close();
  const { leases, dropped, ended } = readRun(readFileSync(file, 'utf8'));
  expect(leases.length + dropped).toBe(100);
  expect(leases.length).toBeGreaterThan(5);
  expect(leases[1]?.since).toBe(0.3);
  expect(ended).toBe(true);
});

test('a folder that cannot be made is told once, and the run goes on', () => {
  const { path } = place();
  const file = join(path, 'file');
  writeFileSync(file, '');
  const told: string[] = [];
  const timeline = new TimelineFile({
    file: join(file, 'a.jsonl'),
    header,
    clock: systemClock,
    warn: (message) => void told.push(message),
  });
  timeline.add({ event: 'lease', name: 'a', kind: 'lock', since: 0, over: 1 });
  timeline.close();
  expect(told).toEqual([expect.stringMatching(/^what `carpool report` shows of this run is not kept: /)]);
});

test('a run that shares nothing leaves nothing', async () => {
  const root = project();
  const host = await run({ host: 'run' });
  await worker(host);
  await host.stop();
  expect(runFiles(runsFolder(root) ?? '')).toEqual([]);
  const { stderr } = await carpool('report');
  expect(stderr).toContain('no run is kept');
});
