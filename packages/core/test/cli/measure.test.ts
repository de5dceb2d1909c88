// `carpool measure`: real processes, started, measured and stopped; every error says what to change.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { linux } from '@carpool/test-harness/programs';
import { expect, test } from 'vitest';
import type { Assessment } from '../../src/cli/measure/assess.ts';
import { census } from '../../src/testing/census.ts';
import { place, programPath, until } from '../support/pools.ts';
import { carpool, config, start, write, type Ended } from './carpool.ts';

const node = process.execPath;
const quick = ['--runs', '1', '--tests', '2'];
const stays = 'setInterval(() => {}, 1e6);';

/** `carpool measure` with a Node program as the command. */
function measured(options: readonly string[], source: string): Promise<Ended> {
  return carpool('measure', ...quick, ...options, '--', node, '-e', source);
}

function assessmentIn({ code, stdout, stderr }: Ended): Assessment {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Assessment;
}

/** A file that the command writes, in the folder of this test. */
const existsIn = (name: string): boolean => existsSync(join(place().path, name));

/** What Linux shows of processes. */
function expectShown(...values: readonly (number | undefined)[]): void {
  expect(linux ? values.filter((value) => !((value ?? 0) > 0)) : []).toEqual([]);
}

test('a command is ready at its first output; the report ends with what decides', async () => {
  const source = `setTimeout(() => console.log('listening'), 100); ${stays}`;
  const { code, stdout, stderr } = await measured(['--files', '20', '--workers', '2'], source);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines[1]).toMatch(/^ {2}ready at its first output; measured once$/);
  expect(stdout).toMatch(/^Added to 20 files, 2 at a time /m);
  expect(lines.at(-1)).toMatch(
    /^Sharing pays when your process takes more than [\d.]+ ms to start; yours takes \d+ ms\.$/,
  );
});

test('with --json it is one object, in which everything has been measured', async () => {
  const source = `setTimeout(() => console.error('listening'), 100); ${stays}`;
  const { process: own, carpool: cost, ...rest } = assessmentIn(await measured(['--json', '--files', '7'], source));
  expect(rest).toMatchObject({ endsByItself: false, tests: 2, shape: { files: 7 } });
  expect(own.wall).toBeGreaterThan(100);
  expect(own).toMatchObject({ fastest: expect.any(Number), slowest: expect.any(Number), runs: 1 });
  for (const value of [cost.hostWall, rest.shared.wall, rest.separate.wall, rest.breakEven]) {
    expect(value).toBeGreaterThan(0);
  }
  // What a file adds is a difference of two runs; on a machine with other work it may be nothing.
  expect(cost.fileWall).toBeGreaterThanOrEqual(0);
  expectShown(own.cpu, cost.hostCpu, cost.fileCpu, own.memory?.total, cost.hostMemory?.total);
});

test('--ready waits for what the command prints then, on either stream', async () => {
  const source = `console.log('starting'); setTimeout(() => console.error('up on port 80'), 300); ${stays}`;
  const { process: own, ready } = assessmentIn(await measured(['--json', '--ready', '^up on port \\d+$'], source));
  expect(ready).toBe(String.raw`at the first output that matches ^up on port \d+$`);
  expect(own.fastest).toBeGreaterThan(300);
});

test.runIf(linux.holds)(`the whole process group counts${linux.reason}`, async () => {
  const busy = `const block = Buffer.alloc(64 * 1024 * 1024, 1); console.log('ready', block.length); ${stays}`;
  write('helper.cjs', busy);
  const source = `require('node:child_process').spawn(process.execPath, ['helper.cjs'], { stdio: 'inherit' }); ${stays}`;
  const { process: own } = assessmentIn(await measured(['--json'], source));
  expect(own.memory?.total).toBeGreaterThan(64 * 1024 * 1024);
});

test('a command that ends by itself is ready then, also if it prints something before', async () => {
  const source = `console.log('compiling'); const end = performance.now() + 100; while (performance.now() < end);`;
  const ended = await measured([], source);
  expect(ended.stdout).toContain('ready when it has ended by itself;');
  expect(ended.stdout).toContain('It ends by itself. Carpool shares a process that stays');
  const { process: own, endsByItself } = assessmentIn(await measured(['--json', '--until-exit'], source));
  expect(endsByItself).toBe(true);
  expect(own.fastest).toBeGreaterThan(100);
  expectShown(own.cpu, own.memory?.total);
});

test('a pool of the config is ready at its hello', async () => {
  config({ echoes: 'slow-start --delay=150', others: 'echo' });
  const {
    process: own,
    ready,
    subject,
  } = assessmentIn(await carpool('measure', ...quick, '--json', '--pool', 'echoes'));
  expect({ ready, subject }).toEqual({ ready: 'at its hello', subject: 'the pool "echoes"' });
  expect(own.fastest).toBeGreaterThan(150);
  expectShown(own.cpu, own.memory?.total);
});

test('without a hello the end of its first session is the sign', async () => {
  const pools = { plain: { command: node, args: [programPath('slow-start'), '--delay=150'], protocol: closing } };
  write('carpool.config.mjs', `export default ${JSON.stringify({ pools })};`);
  const { process: own, ready } = assessmentIn(await carpool('measure', ...quick, '--json', '--pool', 'plain'));
  expect(ready).toBe('when its first session has closed, because the pool has no hello');
  expect(own.fastest).toBeGreaterThan(150);
});

const closing = { close: { send: { type: 'reset' }, expect: { type: 'closed' } } };

test('a pool that there is not, and one whose child does not start, are reported as tests report them', async () => {
  config({ broken: 'dies-at-once' });
  const unknown = await carpool('measure', ...quick, '--pool', 'ecoes');
  expect(unknown).toMatchObject({ code: 1, stdout: '' });
  expect(unknown.stderr).toMatch(/^carpool: Unknown pool "ecoes": .* only "broken"; .* \[CONFIG_INVALID\]\n$/);
  const broken = await carpool('measure', ...quick, '--pool', 'broken');
  expect(broken).toMatchObject({ code: 1, stdout: '' });
  expect(broken.stderr).toContain('cannot find the licence file');
});

test.for([
  ['that is silent', [], stays, /was not ready within 500 ms: it wrote nothing .* give --pool; .* raise --timeout/],
  [
    'whose output matches nothing',
    ['--ready', 'listening'],
    `console.log('hello'); ${stays}`,
    /within 500 ms: no output matched listening\. Correct --ready.*--- stdout ---\n {2}│ hello/s,
  ],
  ['that does not end', ['--until-exit'], stays, /within 500 ms: it did not end\. If it stays, leave out --until-exit/],
] as const)('a command %s fails at its deadline, and is stopped', async ([, options, source, message]) => {
  const { code, stdout, stderr } = await measured(['--timeout', '0.5s', ...options], source);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/ \[CHILD_NO_HELLO\]\n(--- |$)/);
});

test.for([
  [
    'at once',
    [],
    'process.exitCode = 3; console.error("no licence")',
    /exited with code 3 \d+ ms after its start\. Give/,
  ],
  ['before its sign', ['--ready', 'x'], 'console.log("y")', /exited with code 0 .*, and no output matched x\. Give/],
] as const)('a command that ends %s is reported with its output', async ([, options, source, message]) => {
  const { code, stderr } = await measured(options, source);
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/--- (end of stderr|stdout) ---\n {2}│ (no licence|y)\n/);
});

test('a command that does not exist is reported in a sentence', async () => {
  const { code, stderr } = await carpool('measure', '--', 'no-such-command');
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^carpool: Cannot start the child: `no-such-command` was not found: .* \[CHILD_NOT_STARTED\]\n$/,
  );
});

test.for([
  [['measure'], /there is nothing to start; give a command after --, or a pool with --pool/],
  [['measure', '--pool', 'x', '--', 'y'], /there are a command and --pool; give one of them/],
  [['measure', '--config', 'x', '--', 'y'], /--config is for --pool/],
  [['measure', '--pool', 'x', '--ready', 'y'], /--ready and --until-exit are for a command/],
  [['measure', '--until-exit', '--ready', 'x', '--', 'y'], /exclude each other/],
  [['measure', '--files', '0', '--', 'y'], /'--files <number>' argument '0' is invalid/],
  [['measure', '--ready', '(', '--', 'y'], /'--ready <regexp>' argument '\(' is invalid/],
] as const)('%j is refused', async ([args, message]) => {
  const { code, stdout, stderr } = await carpool(...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(message);
});

test('the command sees none of Carpool’s variables but its mark', async () => {
  const names = `Object.keys(process.env).filter((name) => name.startsWith('CARPOOL_')).join()`;
  const source = `if (${names} === 'CARPOOL_CHILD') console.log('clean'); ${stays}`;
  expect(await measured([], source)).toMatchObject({ code: 0 });
});

test.for([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s ends it at once, with the command and what that has started', async ([signal, code]) => {
  write('helper.cjs', `require('node:fs').writeFileSync('up', ''); ${stays}`);
  const source = `require('node:child_process').spawn(process.execPath, ['helper.cjs']); ${stays}`;
  const running = start('measure', '--', node, '-e', source);
  await until('the command has started its helper', () => existsIn('up'));
  running.process.kill(signal);
  expect(await running.ended).toEqual({ code, stdout: '', stderr: '' });
});

test('a second signal does not wait for a command that ignores the first', async () => {
  const source = `process.on('SIGTERM', () => require('node:fs').writeFileSync('asked', '')); require('node:fs').writeFileSync('up', ''); ${stays}`;
  const running = start('measure', '--', node, '-e', source);
  await until('the command runs', () => existsIn('up'));
  running.process.kill('SIGINT');
  await until('the command was asked to end', () => existsIn('asked'));
  running.process.kill('SIGINT');
  expect(await running.ended).toMatchObject({ code: 130, stdout: '' });
});

test('a signal while a pool is measured ends its child', async () => {
  config({ silent: 'never-hello' });
  const running = start('measure', '--pool', 'silent');
  await until('its child runs', () => census(place().path).pids.length > 0);
  running.process.kill('SIGINT');
  expect(await running.ended).toMatchObject({ code: 130, stdout: '' });
});

test('the name of a pool in place of a command is understood, and what to write is said', async () => {
  write('carpool.config.mjs', "export default { pools: { renderer: { command: 'x' } } };");
  const { code, stderr } = await carpool('measure', 'renderer');
  expect(code).toBe(1);
  expect(stderr).toContain(
    'there is no program "renderer", but the config has a pool of that name; write --pool renderer',
  );
});
