import { expect, test } from 'vitest';
import { describeReadiness, OutputWatch, type Readiness } from './readiness.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
let time = 0;
const clock = { now: () => time, after: () => ({ cancel() {}, unref() {} }) };

function watch(readiness: Readiness): OutputWatch {
  time = 0;
  return new OutputWatch(readiness, clock);
}

test('without a pattern the first output is the sign, whichever stream it comes on', async () => {
  const output = watch({ kind: 'output' });
  expect(output.over).toBe(false);
  time = 7;
  output.push('stderr', bytes('x'));
  time = 9;
  output.push('stdout', bytes('y'));
  expect(output.over).toBe(true);
  expect(await output.seen).toBe(7);
});

test('a pattern matches across chunks, also within a character, and in one stream only', () => {
  const output = watch({ kind: 'output', pattern: /^bereit für 8 sessions$/mu });
  const [begin, end] = [bytes('hallo\nbereit f\u00FC').subarray(0, -1), bytes('\u00FC').subarray(1)];
  output.push('stdout', begin);
  output.push('stderr', bytes('r 8 sessions\n'));
  expect(output.over).toBe(false);
  output.push('stdout', end);
  output.push('stdout', bytes('r 8 sessions\n'));
  expect(output.over).toBe(true);
});

test('a command that is ready when it has ended shows it by no output', () => {
  const output = watch({ kind: 'exit' });
  output.push('stdout', bytes('done'));
  expect(output.over).toBe(false);
});

test('each has its words', () => {
  expect(describeReadiness({ kind: 'output' })).toBe('at its first output');
  expect(describeReadiness({ kind: 'output', pattern: /up/u })).toBe('at the first output that matches up');
  expect(describeReadiness({ kind: 'exit' })).toBe('when it has ended by itself');
});
