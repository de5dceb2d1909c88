import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { lineByLine, OutputError, WholeOutputs, type Targets } from './output.ts';
import { Target } from './target.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What was printed, in the order in which it was. */
function collecting(): Targets & { readonly all: string[] } {
  const all: string[] = [];
  const to = (name: string): Target =>
    new Target(
      new Writable({
        write(chunk: Buffer, _, done) {
          all.push(`${name}: ${chunk.toString()}`);
          done();
        },
      }),
    );
  return { all, stdout: to('out'), stderr: to('err') };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'cp-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('a shard as a whole has both of its streams, in their order, and its last lines have an end', async () => {
  const targets = collecting();
  const place = folder();
  const whole = new WholeOutputs(targets, [join(place, 'gone'), place]);
  const [first, second] = [whole.of({ name: '1/2' }), whole.of({ name: '2/2' })];
  await first.write('stdout', bytes('a\n'));
  await second.write('stdout', bytes('x'));
  await first.write('stderr', bytes('b\n'));
  await first.write('stdout', bytes('c'));
  expect(targets.all).toEqual([]);
  const ends = [second.end('second\n'), first.end('first\n')];
  await Promise.all(ends);
  expect(targets.all).toEqual([
    'err: second\n',
    'out: x',
    'out: \n',
    'err: first\n',
    'out: a\n',
    'err: b\n',
    'out: c',
    'out: \n',
  ]);
  expect(readdirSync(place)).toEqual([]);
});

test('what cannot be kept is said, with the shard', () => {
  const place = join(folder(), 'gone');
  expect(existsSync(place)).toBe(false);
  const make = (): unknown => new WholeOutputs(collecting(), [place]).of({ name: '2/4' });
  expect(make).toThrow(OutputError);
  expect(make).toThrow(/^Cannot keep what shard 2\/4 prints: ENOENT/);
});

test('line by line the rest of each stream is printed at the end', async () => {
  const targets = collecting();
  const shown = lineByLine(targets, { stdout: '[1/2] ', stderr: '(1/2) ' });
  await shown.write('stdout', bytes('a\nb'));
  await shown.write('stderr', bytes('c'));
  await shown.end('');
  expect(targets.all).toEqual(['out: [1/2] a\n', 'out: [1/2] b\n', 'err: (1/2) c\n']);
});
