import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/clock.ts';
import { RefusalLog } from './refusal-log.ts';

function logging(): { log: RefusalLog; clock: FakeClock; lines: string[] } {
  const clock = new FakeClock();
  const lines: string[] = [];
  return { clock, lines, log: new RefusalLog(clock, (text) => void lines.push(text)) };
}

const wrong = { from: '10.0.0.9', why: 'the token is not the one of this host' };

test('who, and why: at once', () => {
  const { log, lines } = logging();
  log.add(wrong);
  log.add({ from: undefined, runner: 'vitest', pid: 4802, why: 'another version' });
  expect(lines).toEqual([
    'refused: a connection from 10.0.0.9: the token is not the one of this host',
    'refused: a connection from this machine (vitest, pid 4802): another version',
  ]);
});

test('the same again is counted, and told after a minute; then it begins anew', () => {
  const { log, clock, lines } = logging();
  for (let turn = 0; turn < 10_000; turn++) log.add(wrong);
  expect(lines.splice(0)).toHaveLength(1);
  clock.pass(60_000);
  expect(lines.splice(0)).toEqual([
    'refused: 9999 more connections from 10.0.0.9 within a minute: the token is not the one of this host',
  ]);
  clock.pass(600_000);
  expect(lines).toEqual([]);
  log.add(wrong);
  expect(lines).toHaveLength(1);
});

test('whatever comes it is a few lines a minute, each of one line', () => {
  const { log, clock, lines } = logging();
  for (let turn = 0; turn < 10_000; turn++)
    log.add({
      from: `10.0.${turn >> 8}.${turn & 255}`,
      runner: `\u001b[2J\n${'x'.repeat(9_999)}`,
      pid: 1,
      why: `${turn}\n`,
    });
  expect(lines).toHaveLength(20);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(300);
  // oxlint-disable-next-line no-control-regex
  expect(lines.join('')).not.toMatch(/[\u0000-\u001f]/);
  clock.pass(60_000);
  expect(lines.slice(20)).toEqual([
    'refused: 9980 more connections within a minute, from other machines or for other reasons',
  ]);
});
