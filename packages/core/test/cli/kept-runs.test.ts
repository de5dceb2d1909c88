/** What is kept of a run is found by `carpool report` and `carpool transcript`, wherever it went. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { messagesOf } from '../../src/cli/report/read-messages.ts';
import { runFiles, runsFolder, transcriptFileOf, transcriptFiles } from '../../src/process/run-files.ts';
import { configured, onMachine, run, worker } from '../machine/support.ts';
import { closing, place, program } from '../support/pools.ts';
import { carpool, commandLine } from './carpool.ts';

/** Until all that the test has started is over: the host of a machine is found by the environment. */
function withEnvironment(): void {
  closing({ close: () => void vi.unstubAllEnvs() });
}

/** A package of a workspace whose dependencies are in the `node_modules` of the workspace. */
function hoisted(name: string): string {
  const { path } = place();
  mkdirSync(join(path, 'node_modules'), { recursive: true });
  const root = join(path, 'packages', name);
  mkdirSync(root, { recursive: true });
  configured({ pools: { [name]: program('echo') }, transcript: true }, root);
  return root;
}

/** One session of a pool, named after the test that has it. */
async function ran(root: string, pool: string, where: 'run' | 'machine' = 'run'): Promise<void> {
  const host = await run({ host: where, root });
  const client = await worker(host);
  const session = await client.register(pool, { holder: { test: `tests ${pool}` }, under: [pool] });
  await session.request({ type: 'query' });
  await session.unregister();
  await host.stop();
}

/** @returns what it prints on stdout, and after that on stderr */
async function within(folder: string, ...args: string[]): Promise<string> {
  const [file = '', ...rest] = commandLine(...args);
  const child = spawn(file, rest, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return stdout + stderr;
}

test('a package that gets a `node_modules` of its own after its first run has that run still, and not those of others', async () => {
  const cart = hoisted('cart');
  const mail = hoisted('mail');
  await ran(cart, 'cart');
  const [first = ''] = runFiles(runsFolder(cart) ?? '');
  expect(first).toContain(join(place().path, 'node_modules'));
  await ran(mail, 'mail');
  // As Vitest does for its cache.
  mkdirSync(join(cart, 'node_modules', '.vite'), { recursive: true });
  mkdirSync(join(cart, 'src'));
  const found = await Promise.all([
    within(cart, 'report'),
    within(cart, 'report', '--list'),
    within(join(cart, 'src'), 'report', '--list'),
    within(cart, 'transcript', '--text'),
    within(cart, 'transcript', '--list'),
  ]);
  expect(found).toEqual([
    expect.stringContaining('pool cart: 1 session'),
    `${first}\n`,
    `${first}\n`,
    expect.stringContaining('opens, of "tests cart"'),
    `${transcriptFileOf(first)}\n`,
  ]);
  // The next one is in the new folder, and before it in the list.
  await ran(cart, 'cart');
  const [second = ''] = runFiles(runsFolder(cart) ?? '');
  expect(second).toContain(join(cart, 'node_modules'));
  expect(await within(cart, 'report', '--list')).toBe(`${second}\n${first}\n`);
  // A package that has never run has none, whatever is above it.
  const empty = hoisted('empty');
  mkdirSync(join(empty, 'node_modules'));
  expect(await within(empty, 'report')).toContain('no run is kept');
  expect(await within(empty, 'transcript')).toContain('no run of ');
});

test.each([
  { kind: 'a damaged first line', content: '{"carpoolTimeline":1,"fol' },
  { kind: 'no line', content: '' },
  { kind: 'no folder', content: 'null\n' },
])('a record further up with $kind is nobody’s', async ({ content }) => {
  const cart = hoisted('cart');
  const folder = runsFolder(cart) ?? '';
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '2026-01-02T03-04-05-678Z-9.jsonl'), content);
  mkdirSync(join(cart, 'node_modules'));
  expect(await within(cart, 'report')).toContain('no run is kept');
});

test('`carpool check` is no run: the last run of tests stays the last', async () => {
  const { path } = place();
  mkdirSync(join(path, 'node_modules'));
  configured({ pools: { cart: program('echo') }, transcript: true });
  await ran(path, 'cart');
  const [before, beforeWith] = await Promise.all([carpool('report', '--list'), carpool('transcript', '--list')]);
  expect(before.stdout).toMatch(/\.jsonl\n$/);
  expect(await carpool('check')).toMatchObject({ code: 0, stdout: expect.stringContaining('cart: ok') });
  expect(await carpool('report', '--list')).toEqual(before);
  expect(await carpool('transcript', '--list')).toEqual(beforeWith);
  expect((await carpool('report')).stdout).toMatch(/^run of a test in /);
});

test('`carpool check` keeps a transcript where the environment wants one', async () => {
  const { path } = place();
  withEnvironment();
  configured({ pools: { cart: program('echo') } });
  vi.stubEnv('CARPOOL_TRANSCRIPT', 'checked');
  expect(await carpool('check')).toMatchObject({ code: 0 });
  expect(transcriptFiles(join(path, 'checked'))).toHaveLength(1);
});

test.each(['run', 'machine'] as const)(
  'the transcript of the last run on the host of the %s is found where CARPOOL_TRANSCRIPT has put it, without that',
  async (where) => {
    const { path } = place();
    withEnvironment();
    if (where === 'machine') onMachine();
    mkdirSync(join(path, 'node_modules'));
    configured({ pools: { cart: program('echo'), mail: program('echo') }, transcript: true });
    await ran(path, 'cart', where);
    vi.stubEnv('CARPOOL_TRANSCRIPT', 'build');
    await ran(path, 'mail', where);
    vi.stubEnv('CARPOOL_TRANSCRIPT', '');
    const [elsewhere = ''] = transcriptFiles(join(path, 'build'));
    const [beside = ''] = transcriptFiles(runsFolder(path) ?? '');
    expect((await carpool('transcript', '--text')).stdout).toContain('opens, of "tests mail"');
    expect((await carpool('transcript', '--list')).stdout).toBe(`${elsewhere}\n${beside}\n`);
    const [timeline = ''] = runFiles(runsFolder(path) ?? '');
    expect(existsSync(transcriptFileOf(timeline))).toBe(false);
    const named = await carpool('transcript', '--text', '--run', timeline);
    expect(named.stdout).toContain('opens, of "tests mail"');
    // The page of the run has its messages, too.
    const messages = await messagesOf(timeline, 0);
    expect(messages).toMatchObject({ note: undefined });
    expect(messages?.sessions).toHaveLength(1);
    // With the variable, the command looks in that folder alone.
    vi.stubEnv('CARPOOL_TRANSCRIPT', 'build');
    expect((await carpool('transcript', '--list')).stdout).toBe(`${elsewhere}\n`);
  },
);
