/** `carpool transcript`, of runs that were recorded, and of files that are none. */
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { posix } from '@carpool/test-harness/programs';
import { expect, test } from 'vitest';
import { transcriptLine } from '../../src/base/transcript.ts';
import { runsFolder } from '../../src/process/run-files.ts';
import { place } from '../support/pools.ts';
import { carpool, commandLine } from './carpool.ts';

const header = { carpoolTranscript: 1, carpool: '1.2.3', runner: 'vitest', folder: '/code', pid: 9, zero: 0 };
const name = '2026-01-02T03-04-05-678Z-9.transcript.jsonl';

function lines(...all: readonly object[]): string {
  return [header, ...all].map((line) => `${JSON.stringify(line)}\n`).join('');
}

const session = (s: string, test: string, failed = false): object[] => [
  { t: 1, s, e: 'open', pool: 'cart', protocol: 'p', test, file: 'cart.test.ts' },
  { t: 2, s, e: 'send', m: { of: s } },
  { t: 3, s, e: 'closed', ...(failed && { failed, dropped: 2 }) },
];
const whole = lines(
  ...session('cart/s1', 'cart › adds'),
  ...session('cart/s2', 'cart › removes', true),
  ...session('mail/s1', 'cart › adds'),
  { t: 9, e: 'end', dropped: 2 },
);

/** A project whose last run has this transcript. */
function project(content: string, file = name): string {
  const { path } = place();
  mkdirSync(join(path, 'node_modules'), { recursive: true });
  const folder = runsFolder(path) ?? '';
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), content);
  return join(folder, file);
}

test('the whole transcript of the last run goes to stdout as it is, and what it has to stderr', async () => {
  project('not this one', '2025-01-02T03-04-05-678Z-9.transcript.jsonl');
  // Later, and of a process of tests.
  project('nor these', '2026-01-02T03-04-05-900Z-11.pools.transcript.jsonl');
  project('nor these', '2026-01-02T03-04-05-900Z-11.pools-2.transcript.jsonl');
  project(whole);
  const { code, stdout, stderr } = await carpool('transcript');
  expect(stdout).toBe(whole);
  expect(stderr).toBe(
    'carpool: 3 sessions with 3 messages of 2 tests\ncarpool: 2 messages of them are not in it: it was full, or the disk too slow\n',
  );
  expect(code).toBe(0);
});

test('one test is cut into a file of the same format, with all of its sessions', async () => {
  project(whole);
  const output = join(place().path, 'adds.jsonl');
  const cut = await carpool('transcript', '--test', 'adds', '--output', output);
  expect(cut).toEqual({
    code: 0,
    stdout: `carpool: 2 sessions with 2 messages of "cart › adds" (cart.test.ts), written to ${output}\n`,
    stderr: '',
  });
  const [first = '', ...rest] = readFileSync(output, 'utf8').trimEnd().split('\n');
  expect(JSON.parse(first)).toEqual({ ...header, cutFrom: name });
  const events = rest.map((line, at) => transcriptLine(line, at + 2));
  expect(events.map((event) => ('s' in event ? event.s : event.e))).toEqual([
    ...Array.from({ length: 3 }, () => 'cart/s1'),
    ...Array.from({ length: 3 }, () => 'mail/s1'),
    'end',
  ]);
  expect(events.at(-1)).toMatchObject({ dropped: 0 });
  // A part can be cut again.
  const again = await carpool('transcript', '--run', output, '--session', 'mail/s1', '--text');
  expect(again.stdout.split('\n')).toMatchObject([
    'transcript of a run of vitest in /code, 1970-01-01 00:00:00 UTC, process 9',
    expect.stringContaining('mail/s1  opens, of "cart › adds" (cart.test.ts)'),
    expect.stringContaining('mail/s1  → send  {of: "mail/s1"}'),
    expect.stringContaining('mail/s1  has ended'),
    expect.stringContaining('the run is over'),
    '',
  ]);
});

test('the sessions of failed tests are cut together', async () => {
  project(whole);
  const { stdout, stderr } = await carpool('transcript', '--failed');
  expect(stdout).toContain('cart/s2');
  expect(stdout).not.toContain('/s1"');
  expect(stderr).toContain('carpool: 1 session with 1 message of "cart › removes" (cart.test.ts)\ncarpool: 2 messages');
});

test.each([
  ['a test that is none', whole, ['--test', 'pays'], 'it has no session of a test "pays"; tests with sessions are '],
  [
    'a test that is nearly one',
    whole,
    ['--test', 'remvoes'],
    'it has no session of a test "remvoes"; did you mean "removes"?',
  ],
  [
    'a session that is none',
    whole,
    ['--session', 's7'],
    'it has no session "s7"; sessions are cart/s1, cart/s2, mail/s1',
  ],
  [
    'a newer version',
    JSON.stringify({ ...header, carpoolTranscript: 2 }),
    [],
    'it has version 2, and this command, of an older Carpool, reads version 1: use that of carpool 1.2.3',
  ],
  ['a file of another kind', '{"carpoolTimeline":1}\n', [], 'it is not the transcript of a run'],
  ['an empty file', '', [], 'it is empty'],
  ['a damaged line', whole.replace('"e":"send","m"', '"e":"send,"m"'), [], 'its line 3 is damaged'],
])('%s is one sentence, and the exit code 1', async (_, content, options, message) => {
  const file = project(content);
  const output = join(place().path, 'out.jsonl');
  const { code, stdout, stderr } = await carpool('transcript', ...options, '--output', output);
  expect(stderr.split('\n')).toEqual([expect.stringContaining(`carpool: ${file}: ${message}`), '']);
  expect(stdout).toBe('');
  expect(code).toBe(1);
  expect(() => readFileSync(output)).toThrow('ENOENT');
});

test('a transcript that is cut in the middle of a line is read up to there, and says so', async () => {
  project(whole.slice(0, whole.indexOf('"cart › removes"')));
  const { code, stdout, stderr } = await carpool('transcript');
  expect(stdout.trimEnd().split('\n')).toHaveLength(4);
  expect(stderr).toContain('line 5 of it was not written to its end, and is left out');
  expect(stderr).toContain('it has no last line: its run goes on, or was killed, or the file was cut');
  expect(code).toBe(0);
});

test('where none is kept, it says how to keep one', async () => {
  const { code, stderr } = await carpool('transcript');
  expect(stderr).toBe(
    `carpool: no run of ${place().path} is kept, and no transcript: CARPOOL_TRANSCRIPT=1 in the environment, or \`transcript: true\` in the config, keeps one\n`,
  );
  expect(code).toBe(1);
  const run = project('', '2026-01-02T03-04-05-678Z-9.jsonl');
  expect((await carpool('transcript')).stderr).toMatch(
    /^carpool: none of the last 1 run of .* has a transcript: CARPOOL/,
  );
  expect((await carpool('transcript', '--run', run)).stderr).toContain(
    `there is no transcript of the run ${run}: CARPOOL`,
  );
  expect((await carpool('transcript', '--run', 'nothing.jsonl')).stderr).toMatch(
    /nothing\.jsonl: there is no such file\n$/,
  );
});

test('of a run that is older than the transcripts that are kept, it says how many are', async () => {
  const run = project('', '2026-01-02T03-04-05-678Z-9.jsonl');
  const missing = `carpool: there is no transcript of the run ${run}: `;
  for (const month of ['02', '03', '04', '05']) project(whole, `2026-${month}-02T03-04-05-678Z-9.transcript.jsonl`);
  // Earlier, and of a process of tests.
  project(whole, '2025-06-02T03-04-05-678Z-9.transcript.jsonl');
  project(whole, '2026-06-02T03-04-05-678Z-9.pools.transcript.jsonl');
  expect((await carpool('transcript', '--run', run)).stderr).toBe(
    `${missing}CARPOOL_TRANSCRIPT=1 in the environment, or \`transcript: true\` in the config, keeps one\n`,
  );
  project(whole, '2026-06-02T03-04-05-678Z-9.transcript.jsonl');
  expect(await carpool('transcript', '--run', run)).toEqual({
    code: 1,
    stdout: '',
    stderr: `${missing}the last 5 transcripts of a project are kept, and those that are there are of later runs\n`,
  });
});

test('of a run whose timeline names a transcript that is not there any more, it says which', async () => {
  const gone = join(place().path, 'gone.transcript.jsonl');
  const timeline = `${JSON.stringify({ carpoolRun: 1, transcript: gone })}\n`;
  const run = project(timeline, '2026-01-02T03-04-05-678Z-9.jsonl');
  expect(await carpool('transcript', '--run', run)).toEqual({
    code: 1,
    stdout: '',
    stderr: `carpool: there is no transcript of the run ${run}: its timeline names ${gone}, which is not there\n`,
  });
});

test('the file itself is no output, and a folder that is none is told', async () => {
  const file = project(whole);
  expect(await carpool('transcript', '--output', file)).toMatchObject({
    code: 1,
    stderr: `carpool: ${file}: --output is the file itself\n`,
  });
  expect(readFileSync(file, 'utf8')).toBe(whole);
  const output = join(place().path, 'none', 'out.jsonl');
  const { code, stderr } = await carpool('transcript', '--output', output);
  expect(stderr).toMatch(/^carpool: .*out\.jsonl cannot be written: ENOENT[^\n]*\n$/);
  expect(code).toBe(1);
});

test.skipIf(!posix.holds)(
  `only its user can read the output, also where all could read the one before${posix.reason}`,
  async () => {
    project(whole);
    const before = join(place().path, 'before.jsonl');
    writeFileSync(before, 'before');
    chmodSync(before, 0o666);
    for (const output of [before, join(place().path, 'new.jsonl')]) {
      expect(await carpool('transcript', '--output', output)).toMatchObject({ code: 0, stderr: '' });
      expect(readFileSync(output, 'utf8')).toBe(whole);
      expect(statSync(output).mode & 0o777).toBe(0o600);
    }
  },
);

test('transcripts are listed, the last one first, and one of them is named by the timeline of its run', async () => {
  const before = project(whole, '2025-01-02T03-04-05-678Z-9.transcript.jsonl');
  const last = project(lines());
  expect((await carpool('transcript', '--list')).stdout).toBe(`${last}\n${before}\n`);
  project('', '2025-01-02T03-04-05-678Z-9.jsonl');
  expect((await carpool('transcript', '--run', before.replace('.transcript', ''))).stdout).toBe(whole);
});

test('one is named by an argument, too, and a folder stands for its last one', async () => {
  const last = project(whole);
  const before = project(lines(), '2025-01-02T03-04-05-678Z-9.transcript.jsonl');
  const cut = join(place().path, 'cut', 'adds.jsonl');
  mkdirSync(join(place().path, 'cut'));
  expect((await carpool('transcript', before)).stdout).toBe(lines());
  expect(await carpool('transcript', '--test', 'adds', '-t', 'removes', last, '--output', cut)).toMatchObject({
    code: 0,
  });
  expect((await carpool('transcript', 'cut')).stdout).toBe(readFileSync(cut, 'utf8'));
  const twice = await carpool('transcript', last, '--run', before);
  expect(twice).toEqual({
    code: 1,
    stdout: '',
    stderr: 'error: the transcript is named twice: by the argument, and by --run\n',
  });
});

test('those that are listed are those of the folder or the file that is named', async () => {
  const last = project(whole);
  project('', '2026-01-02T03-04-05-678Z-9.jsonl');
  const other = join(place().path, 'elsewhere', 'b.jsonl');
  mkdirSync(join(place().path, 'elsewhere'));
  writeFileSync(other, lines());
  writeFileSync(join(place().path, 'elsewhere', 'a.jsonl'), '{"carpoolTimeline":1}\n');
  const listed = async (...args: string[]): Promise<string> => (await carpool('transcript', '--list', ...args)).stdout;
  expect(await listed()).toBe(`${last}\n`);
  expect(await listed('elsewhere')).toBe(`${other}\n`);
  expect(await listed('--run', 'elsewhere')).toBe(`${other}\n`);
  expect(await listed('--run', other)).toBe(`${other}\n`);
  expect(await listed('--run', last.replace('.transcript', ''))).toBe(`${last}\n`);
  expect(await carpool('transcript', '--list', '--run', 'nothing.jsonl')).toEqual({
    code: 1,
    stdout: '',
    stderr: `carpool: there is no file ${join(place().path, 'nothing.jsonl')}\n`,
  });
});

test('a reader of stdout that has read enough ends it without an error', async () => {
  const many = Array.from({ length: 20_000 }, (_, t) => ({ t, s: 'cart/s1', e: 'event', m: 'x'.repeat(100) }));
  project(lines(...session('cart/s1', 'adds'), ...many));
  const [file = '', ...args] = commandLine('transcript');
  const child = spawn(file, args, { cwd: place().path, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.once('data', () => child.stdout.destroy());
  const stderr: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, stderr: Buffer.concat(stderr).toString().includes('EPIPE') }).toEqual({ code: 0, stderr: false });
});
