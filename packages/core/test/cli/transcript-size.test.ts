/** `carpool transcript` of a file that is much larger than its memory: what it has passed on does not stay. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { linux } from '@carpool/test-harness/programs';
import { expect, test } from 'vitest';
import { closing, place } from '../support/pools.ts';
import { commandLine, write } from './carpool.ts';

const mebibyte = 1024 * 1024;
/** MiB that the objects of the command may take: it would fail if it kept the lines. What is young is collected soon, so that the rest shows. */
const limits = '--max-old-space-size=64 --max-semi-space-size=2';
/** MiB: files of these sizes take the same memory, to within `noise`. */
const sizes = { small: 32, large: 256 };
const noise = 32;

const header = { carpoolTranscript: 1, carpool: '1.2.3', runner: 'vitest', folder: '/code', pid: 9, zero: 0 };
const line = (fields: object): string => `${JSON.stringify(fields)}\n`;
const open = (s: string, test: string): string => line({ t: 1, s, e: 'open', pool: 'cart', protocol: 'p', test });
const closed = (s: string): string => line({ t: 9, s, e: 'closed' });
const over = line({ t: 10, e: 'end', dropped: 0 });
/** Of the test that is asked for: one in each MiB. */
const wanted = line({ t: 3, s: 'cart/s2', e: 'reply', m: { type: 'reply' } });
const other = line({ t: 3, s: 'cart/s1', e: 'event', m: { type: 'changed', rows: 'x'.repeat(1_000) } });

/** A transcript of so many MiB, with a line of a kilobyte for each message of another test. @returns its path */
function transcriptOf(mebibytes: number): string {
  const path = join(place().path, `${mebibytes}.transcript.jsonl`);
  const block = Buffer.from(other.repeat(Math.floor(mebibyte / other.length)) + wanted);
  const file = openSync(path, 'wx');
  try {
    writeFileSync(file, line(header) + open('cart/s1', 'adds') + open('cart/s2', 'removes'));
    for (let at = 0; at < mebibytes; at++) writeFileSync(file, block);
    writeFileSync(file, closed('cart/s1') + closed('cart/s2') + over);
  } finally {
    closeSync(file);
  }
  return path;
}

/** What `--test removes` prints of it. */
function cutOf(mebibytes: number): string {
  const first = line({ ...header, cutFrom: `${mebibytes}.transcript.jsonl` });
  return first + open('cart/s2', 'removes') + wanted.repeat(mebibytes) + closed('cart/s2') + over;
}

interface Measured {
  readonly code: number | null;
  readonly said: string;
  /** Bytes on stdout. */
  readonly bytes: number;
  /** MiB: the most that it had at a time. */
  readonly peak: number;
  readonly seconds: number;
}

/** What it has printed is read, and dropped. */
async function measured(...words: readonly string[]): Promise<Measured> {
  const peakFile = join(place().path, 'peak');
  // The one of `getrusage` is that of the process that has started it, too.
  const look = `import { readFileSync, writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(peakFile)}, readFileSync('/proc/self/status')));\n`;
  const hook = pathToFileURL(write('look.mjs', look)).href;
  const env = { ...process.env, NODE_OPTIONS: `${limits} --import=${hook}` };
  const [file = '', ...args] = commandLine('transcript', ...words);
  const since = performance.now();
  const child = spawn(file, args, { cwd: place().path, env, stdio: ['ignore', 'pipe', 'pipe'] });
  closing({ close: () => child.kill('SIGKILL') });
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  const seconds = (performance.now() - since) / 1_000;
  // One that was out of memory has left none: what it has said is the reason.
  if (code !== 0) return { code: code as number | null, said, bytes, peak: Infinity, seconds };
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(peakFile, 'utf8')) ?? [];
  return { code, said, bytes, peak: Number(peak) / 1024, seconds };
}

test.skipIf(!linux.holds).for([
  { title: 'one test of it', words: ['--test', 'removes'], expected: cutOf },
  { title: 'all of it', words: [], expected: undefined },
])(
  `$title takes as much memory from ${sizes.large} MiB as from ${sizes.small}, and less than 20 s${linux.reason}`,
  { timeout: 60_000 },
  async ({ words, expected }) => {
    const peaks: number[] = [];
    for (const size of [sizes.small, sizes.large]) {
      const path = transcriptOf(size);
      const { peak, seconds, ...ended } = await measured(path, ...words);
      const bytes = expected === undefined ? statSync(path).size : Buffer.byteLength(expected(size));
      expect(ended).toEqual({ code: 0, said: expect.stringMatching(/^carpool: \d session/), bytes });
      expect(seconds).toBeLessThan(20);
      peaks.push(peak);
    }
    const [small = 0, large = Infinity] = peaks;
    // It is a seventh of what was read at most. One that keeps what it reads grows by all of it.
    expect(large - small).toBeLessThan(noise);
  },
);
