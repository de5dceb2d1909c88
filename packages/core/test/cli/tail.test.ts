import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { python } from '@carpool/test-harness/programs';
import { expect, test } from 'vitest';
import type { RunHost } from '../../src/main-process/run-host.ts';
import { closing, place, program } from '../support/pools.ts';
import { configured, onMachine, run, worker } from '../machine/support.ts';
import { carpool, start, type Running } from './carpool.ts';
import { CommandTerminal } from './terminal.ts';

/** The pid of the host of this run: others of this user may run beside it. */
async function pidOf(host: RunHost): Promise<string> {
  const client = await worker(host);
  const { pid } = await client.ask({ method: 'status' }, 5_000);
  client.close();
  return String(pid);
}

/** The lines of a command, as they come. */
function linesOf({ process: { stdout } }: Running): (wanted: string) => Promise<string[]> {
  const lines = createInterface({ input: stdout! })[Symbol.asyncIterator]();
  return async (wanted) => {
    const seen: string[] = [];
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`ended without ${wanted}: ${seen.join('\n')}`);
      seen.push(String(value));
      if (String(value).includes(wanted)) return seen;
    }
  };
}

test('the messages of one test, what was said before first; its end is that of the session', async () => {
  onMachine();
  configured();
  const host = await run({ host: 'run' });
  const pid = await pidOf(host);
  const client = await worker(host);
  const session = await client.register('echoes', { holder: { test: 'cart › adds', file: 'cart.test.ts' } });
  const other = await client.register('echoes', { holder: { test: 'sorts' } });
  await session.request({ type: 'query', n: 'before' });
  const tail = start('tail', 's1', '--host', pid);
  const until = linesOf(tail);
  expect(await until('n: "before"')).toEqual([
    'echoes s1, "cart › adds" (cart.test.ts)',
    expect.stringMatching(/^ {2}before → \{.*"before"/),
  ]);
  await until('← ');
  await other.request({ type: 'query', n: 'unseen' });
  await session.request({ type: 'query', n: 'after', token: 'abcdefgh12345678' });
  const shown = (await until('← ')).join('\n');
  expect(shown).toMatch(/^ {2}\d\d:\d\d:\d\d\.\d{3} → .*"after"/m);
  expect(shown).not.toMatch(/unseen|abcdefgh/);
  await session.unregister();
  expect(await tail.ended).toMatchObject({ code: 0, stderr: 'carpool: session s1 has ended\n' });
});

test('all of a host as JSON, until that has ended', async () => {
  onMachine();
  configured();
  const host = await run({ host: 'run' });
  const pid = await pidOf(host);
  const tail = start('tail', '--json', '--host', pid, '--wait');
  const until = linesOf(tail);
  const client = await worker(host);
  // It may be looking a little later than the first message.
  const session = await client.register('echoes', { holder: { test: 'adds' } });
  let asking = true;
  const asked = (async () => {
    while (asking) await session.request({ type: 'query', n: 4711 });
  })();
  const line = (await until('n: 4711')).at(-1);
  asking = false;
  await asked;
  const message = JSON.parse(String(line)) as Record<string, unknown>;
  expect(message).toMatchObject({ event: 'message', pool: 'echoes', session: 's1', test: 'adds' });
  expect(new Date(String(message['time'])).toISOString()).toBe(message['time']);
  await host.stop();
  const { code, stderr } = await tail.ended;
  expect([code, stderr]).toEqual([0, 'carpool: the host has ended\n']);
});

test.skipIf(python.path === undefined)(
  `colours in a terminal; with NO_COLOR the same text without them, and JSON never has any${python.reason}`,
  async () => {
    onMachine();
    configured();
    const host = await run({ host: 'run' });
    const words = ['tail', 's1', '--host', await pidOf(host)];
    const session = await (await worker(host)).register('echoes', { holder: { test: 'adds' } });
    await session.request({ type: 'query', n: 'before' });
    const colours = new CommandTerminal(words, { columns: 400 });
    const plain = new CommandTerminal(words, { columns: 400, env: { NO_COLOR: '1' } });
    const json = new CommandTerminal([...words, '--json'], { columns: 400 });
    for (const one of [colours, plain]) await one.shows(/^ {2}before ← /m);
    await json.shows(/"event":"said"/);
    await session.request({ type: 'query', n: 'after' });
    for (const one of [colours, plain]) await one.shows(/^ {2}\d\d:\d\d:\d\d\.\d{3} ← .*after/m);
    await json.shows(/"event":"message".*after/);
    await session.unregister();
    for (const one of [colours, plain, json]) expect(await one.left).toEqual({ code: 0, restored: true });
    // Bold names, dim times, and an arrow of its own colour for each direction.
    for (const style of [1, 2, 32, 36]) expect(colours.output).toContain(`\u001B[${style}m`);
    // Each look has a time of its own for a message.
    const timeless = (text: string): string => text.replaceAll(/^ {2}[\d:.]+ /gm, '  TIME ');
    expect(timeless(plain.output)).toBe(timeless(stripVTControlCharacters(colours.output)));
    for (const one of [plain, json]) expect(one.output).not.toContain('\u001B');
  },
);

test('pools of the host of the machine, too; `--wait` waits for a test', async () => {
  onMachine();
  configured();
  const host = await run();
  const machine = JSON.parse((await carpool('ps', '--json')).stdout) as {
    hosts: { kind: string; pid: number; folder: string }[];
  };
  const pid = String(
    machine.hosts.find(({ kind, folder }) => kind === 'machine' && folder.startsWith(place().path))?.pid,
  );
  const none = await carpool('tail', 'adds', '--host', pid);
  expect([none.code, none.stderr, none.stdout]).toEqual([
    1,
    'carpool: no open session is of a test "adds"; `carpool ps` lists them, and --wait waits for one\n',
    '',
  ]);
  const tail = start('tail', 'adds', '--host', pid, '--wait');
  const until = linesOf(tail);
  const client = await worker(host);
  let asking = true;
  const session = await client.register('echoes', { holder: { test: 'adds' } });
  const asked = (async () => {
    while (asking) await session.request({ type: 'query', n: 1 });
  })();
  const lines = await until('← ');
  asking = false;
  await asked;
  expect(lines[0]).toBe('echoes s1, "adds"');
  tail.process.kill('SIGINT');
  await tail.ended;
});

test('pools of one name, of two projects, are told apart, and named by their ids', async () => {
  onMachine();
  configured();
  const other = join(place().path, 'other');
  mkdirSync(other);
  configured({ pools: { echoes: program('echo', { maxSessions: 3 }) } }, other);
  const first = await (await worker(await run())).register('echoes', { holder: { test: 'adds' } });
  const second = await (await worker(await run({ root: other }))).register('echoes', { holder: { test: 'sorts' } });
  await first.request({ type: 'query', n: 'one' });
  await second.request({ type: 'query', n: 'two' });
  const { hosts } = JSON.parse((await carpool('ps', '--json')).stdout) as {
    hosts: { kind: string; pid: number; folder: string; pools: { id?: string }[] }[];
  };
  const machine = hosts.find(({ kind, folder }) => kind === 'machine' && folder.startsWith(place().path));
  expect(machine?.pools.map(({ id }) => id)).toEqual(['echoes#1', 'echoes#2']);
  const pid = String(machine?.pid);
  const both = start('tail', 's1', '--host', pid);
  const names = (await linesOf(both)('"two"')).filter((line) => !line.startsWith(' '));
  expect(names).toEqual(['echoes s1, "adds"', 'echoes#2 s1, "sorts"']);
  both.process.kill('SIGINT');
  const tail = start('tail', 's1', '--pool', 'echoes#2', '--host', pid);
  expect((await linesOf(tail)('two')).join('\n')).not.toMatch(/one|adds/);
  await second.unregister();
  expect(await tail.ended).toMatchObject({ code: 0, stderr: 'carpool: session s1 has ended\n' });
  await both.ended;
});

test('of several hosts the only one of this project is taken; where none or several are of it, they are listed', async () => {
  onMachine();
  const here = place().path;
  const [elsewhere, third] = [join(here, 'elsewhere'), join(here, 'third')];
  for (const folder of [here, elsewhere, third]) {
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    configured(undefined, folder);
  }
  const others = [await run({ host: 'run', root: elsewhere }), await run({ host: 'run', root: third })];
  const list = (await carpool('tail')).stderr;
  for (const host of others) expect(list).toContain(`\n  ${await pidOf(host)}  a test, ${here}`);
  // Below the folder that has the modules.
  const inner = join(here, 'packages');
  mkdirSync(inner);
  const own = await run({ host: 'run', root: inner, configFile: join(here, 'carpool.config.mjs') });
  await (await worker(own)).register('echoes', { holder: { test: 'adds' } });
  const tail = start('tail', 'adds');
  await linesOf(tail)('echoes s1, "adds"');
  const watch = start('watch', '--web');
  await linesOf(watch)('http://127.0.0.1:');
  for (const { process } of [tail, watch]) process.kill('SIGINT');
  await Promise.all([tail.ended, watch.ended]);
  await run({ host: 'run', root: here });
  expect((await carpool('tail')).stderr).toMatch(/^carpool: \d+ hosts run: name one/);
});

test('no such session, no such host, no host, and several: a sentence, and 1', async () => {
  onMachine();
  configured({ pools: { echoes: program('echo') } });
  const [first, second] = [await run({ host: 'run' }), await run({ host: 'run' })];
  const pids = [await pidOf(first), await pidOf(second)];
  expect(await carpool('tail', 's9', '--host', pids[0] ?? '')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'carpool: no open session is s9; `carpool ps` lists them, and --wait waits for one\n',
  });
  const several = await carpool('tail');
  expect(several.code).toBe(1);
  expect(several.stderr).toMatch(/^carpool: \d+ hosts run: name one, `carpool tail --host PID`\n/);
  for (const pid of pids) expect(several.stderr).toContain(`\n  ${pid}  a test, ${place().path}\n`);
  expect((await carpool('tail', '--host', '1')).stderr).toBe(
    'carpool: no host and no run of this user is 1; `carpool ps` lists them\n',
  );
  process.kill(Number(pids[0]), 'SIGSTOP');
  closing({ close: () => process.kill(Number(pids[0]), 'SIGCONT') });
  const stopped = await carpool('tail', '--host', pids[0] ?? '');
  expect([stopped.code, stopped.stderr]).toEqual([1, expect.stringContaining('it does not answer')]);
});
