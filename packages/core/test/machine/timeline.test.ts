/** What the host of the machine keeps of each of its runs, for `carpool report` in their projects. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { readRun } from '../../src/cli/report/read.ts';
import { RunTimeline } from '../../src/machine/run-timeline.ts';
import type { RecordedRun } from '../../src/report/recorded-run.ts';
import { runFileName, runFiles, runsFolder } from '../../src/process/run-files.ts';
import { zeroOfClock } from '../../src/process/zero.ts';
import { carpool } from '../cli/carpool.ts';
import { place, program, programPath, programProtocol } from '../support/pools.ts';
import { configured, onMachine, run, worker } from './support.ts';

/** A folder with a config, whose runs are kept. */
function project(name: string, content: object = { pools: { echoes: program('echo') } }): string {
  const root = join(place().path, name);
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  configured(content, root);
  return root;
}

/** The last run first. */
function kept(root: string): RecordedRun[] {
  return runFiles(runsFolder(root) ?? '').map((file) => readRun(readFileSync(file, 'utf8')));
}

const cart = { holder: { test: 'adds a row', file: 'cart.test.ts' }, under: ['cart.test.ts', 'adds a row'] };

test('each run has its own sessions and leases, and the children that it used, also those of before that go on', async () => {
  onMachine();
  const root = project('shop');
  const first = await run({ root });
  const client = await worker(first);
  await (await client.register('echoes', cart)).unregister();
  await first.stop();
  const second = await run({ root });
  const other = await worker(second);
  await (await other.register('echoes', { holder: { test: 'lists' } })).unregister();
  await (await other.register('echoes', { holder: { test: 'lists more' } })).unregister();
  const lock = { name: 'printer', kind: 'lock', size: 1, weight: 1, holder: { test: 'prints' } } as const;
  (await other.leases.acquire(lock)).held.release();
  const shared = { ...lock, name: 'of the machine' };
  (await (await other.machine.connected()).leases.acquire(shared)).held.release();
  await (await other.machine.connected()).names(); // what was released has arrived
  await second.stop();
  const [later, earlier] = kept(root);
  expect(earlier?.sessions).toMatchObject([{ pool: 'echoes', test: 'adds a row', file: 'cart.test.ts' }]);
  expect(earlier?.leases).toEqual([]);
  const [before] = earlier?.children ?? [];
  expect(earlier?.children).toMatchObject([{ pool: 'echoes', sessions: 1, goesOn: true, generation: 1 }]);
  expect(before?.since).toBeGreaterThanOrEqual(0);
  expect(before?.ready).toBeLessThanOrEqual(earlier?.sessions[0]?.opened ?? 0);
  expect(later?.sessions.map((session) => session.test)).toEqual(['lists', 'lists more']);
  expect(later?.leases.map((lease) => lease.name)).toEqual(['printer', 'of the machine']);
  const [child] = later?.children ?? [];
  expect(later?.children).toMatchObject([{ pid: before?.pid, sessions: 2, goesOn: true }]);
  expect(child?.since).toBeLessThan(0);
  // Times begin with the run, not with the host.
  const ran = (later?.header.zero ?? 0) - (earlier?.header.zero ?? 0);
  expect(ran).toBeGreaterThan(0);
  expect((before?.since ?? 0) - (child?.since ?? 0)).toBeGreaterThan(ran - 20);
  expect((before?.since ?? 0) - (child?.since ?? 0)).toBeLessThan(ran + 20);
  const { stdout } = await carpool('report', ...runFiles(runsFolder(root) ?? '').slice(0, 1));
  expect(stdout).toMatch(
    /child \d+: was there before the run, ready after \d+ ms, 2 sessions, goes on after [\d.]+ m?s\n/,
  );
  expect(stdout).not.toMatch(/\d starts? of/);
});

test('a child that goes on and does not say when it is ready has no start that is told', async () => {
  onMachine();
  const protocol = { ...programProtocol, hello: undefined };
  const root = project('shop', { pools: { echoes: { ...program('echo'), args: [programPath('echo')], protocol } } });
  const host = await run({ root });
  await (await (await worker(host)).register('echoes', cart)).unregister();
  await host.stop();
  const [recorded] = kept(root);
  expect(recorded?.children).toMatchObject([{ sessions: 1, goesOn: true, startUnknown: true }]);
  const { stdout } = await carpool('report', ...runFiles(runsFolder(root) ?? '').slice(0, 1));
  expect(stdout).toMatch(/child \d+: 1 session, goes on after/);
  expect(stdout).not.toMatch(/\d starts? of|ready after/);
});

test('a child that died is told in each run that used it, and in no other', async () => {
  onMachine();
  const root = project('shop');
  const [one, two, three] = [await run({ root }), await run({ root }), await run({ root })];
  const [client, other, idle] = [await worker(one), await worker(two), await worker(three)];
  const session = await client.register('echoes', cart);
  await other.register('echoes', { holder: { test: 'looks on' } });
  const lock = { name: 'printer', kind: 'lock', size: 1, weight: 1, holder: { test: 'prints' } } as const;
  (await idle.leases.acquire(lock)).held.release();
  const [stats] = await client.stats();
  expect(stats?.pids).toHaveLength(1);
  process.kill(stats?.pids[0] ?? 0, 'SIGKILL');
  await expect(session.request({ type: 'echo' })).rejects.toMatchObject({ code: 'CHILD_EXITED' });
  await Promise.all([one.stop(), two.stop(), three.stop()]);
  const runs = kept(root);
  const of = (name: string): RecordedRun | undefined =>
    runs.find(({ sessions, leases }) => [...sessions, ...leases].some((event) => event.test === name));
  for (const name of ['adds a row', 'looks on']) {
    const children = of(name)?.children;
    expect(children).toMatchObject([
      { pid: stats?.pids[0], sessions: 1, failure: expect.stringContaining('SIGKILL') as string },
    ]);
    expect(children?.[0]).not.toHaveProperty('goesOn');
  }
  expect(of('prints')?.children).toEqual([]);
});

test.each([
  ['that has slept for eight hours', 8],
  ['whose clock was set back by an hour', -1],
])('on a machine %s since its host has started, a run begins when it has begun', async (_, hours) => {
  const root = project('shop');
  zeroOfClock(); // the host has started
  const [clock, date] = [systemClock.now(), Date.now() + hours * 3_600_000];
  const asked = vi.spyOn(Date, 'now').mockReturnValue(date);
  onTestFinished(() => asked.mockRestore());
  const timeline = new RunTimeline();
  const told: string[] = [];
  const now = systemClock.now();
  timeline.add({ event: 'lease', name: 'printer', kind: 'lock', since: now + 40, granted: now + 50, over: now + 60 });
  await timeline.goesTo({ root, runner: 'vitest', pid: 4711, print: (text) => void told.push(text) });
  timeline.close();
  expect(told).toEqual([]);
  expect(runFiles(runsFolder(root) ?? '')).toEqual([join(runsFolder(root) ?? '', runFileName(date, 4711))]);
  const [recorded] = kept(root);
  expect(recorded?.header.zero).toBe(date);
  // Its times are from that moment, by the clock that did not sleep and was not set.
  const { since = 0, granted = 0, over = 0 } = recorded?.leases[0] ?? {};
  expect(since).toBeGreaterThanOrEqual(40);
  expect(since).toBeLessThanOrEqual(40.1 + now - clock);
  expect(granted - since).toBeCloseTo(10, 0);
  expect(over - since).toBeCloseTo(20, 0);
});

test('a run that ends while its config is loaded has a complete timeline of what it shared until then', async () => {
  const root = project('ended');
  const timeline = new RunTimeline();
  const now = systemClock.now();
  timeline.add({ event: 'lease', name: 'printer', kind: 'lock', since: now + 1, granted: now + 2, over: now + 3 });
  timeline.close();
  const told: string[] = [];
  await timeline.goesTo({ root, runner: 'vitest', pid: 4711, print: (text) => void told.push(text) });
  expect(told).toEqual([]);
  const [file = ''] = runFiles(runsFolder(root) ?? '');
  expect(readFileSync(file, 'utf8').trimEnd().split('\n').at(-1)).toContain('"event":"end"');
  expect(kept(root)[0]?.leases.map(({ name }) => name)).toEqual(['printer']);
});

test('a config that wants none has none, and nor has a run that shared nothing', async () => {
  onMachine();
  const root = project('quiet', { pools: { echoes: program('echo') }, report: false });
  const host = await run({ root });
  await (await (await worker(host)).register('echoes', cart)).unregister();
  await host.stop();
  const idle = project('idle');
  const nothing = await run({ root: idle });
  await worker(nothing);
  await nothing.stop();
  expect([kept(root), kept(idle)]).toEqual([[], []]);
});
