import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/clock.ts';
import { WaitNotices } from './wait-notices.ts';

function notices(isTTY: boolean): { clock: FakeClock; written: string[]; notices: WaitNotices } {
  const clock = new FakeClock();
  const written: string[] = [];
  return { clock, written, notices: new WaitNotices({ isTTY, write: (text) => written.push(text) }, clock) };
}

const clear = '\r\u001B[2K';
const starts = (seconds: number): string => `its child starts, for ${seconds} s`;

test('on a terminal a line appears after a second, is updated, and goes away', () => {
  const { clock, written, notices: all } = notices(true);
  const end = all.begin('solver', 'start', starts);
  clock.pass(999);
  expect(written).toEqual([]);
  clock.pass(2_001);
  const lines = [1, 2, 3].map((seconds) => `${clear}carpool: solver: its child starts, for ${seconds} s`);
  expect(written).toEqual(lines);
  end();
  expect(written.slice(3)).toEqual([clear]);
  expect(clock.pending).toBe(0);
});

test('on a narrow terminal it ends with a whole word', () => {
  const clock = new FakeClock();
  const written: string[] = [];
  const terminal = { isTTY: true, columns: 40, write: (text: string) => written.push(text) };
  new WaitNotices(terminal, clock).begin('solver', 'start', starts);
  clock.pass(1_000);
  expect(written).toEqual([`${clear}carpool: solver: its child starts, for…`]);
});

test('a wait that is short leaves no trace', () => {
  for (const isTTY of [true, false]) {
    const { clock, written, notices: all } = notices(isTTY);
    all.begin('solver', 'start', starts)();
    clock.pass(60_000);
    expect(written).toEqual([]);
  }
});

test('a terminal has one line, about the wait that is the oldest', () => {
  const { clock, written, notices: all } = notices(true);
  const end = all.begin('solver', 'start', starts);
  clock.pass(500);
  all.begin('other', 'slot', (seconds) => `a session waits, for ${seconds} s`);
  clock.pass(500);
  end();
  clock.pass(1_000);
  expect(written).toEqual([
    `${clear}carpool: solver: its child starts, for 1 s`,
    `${clear}carpool: other: a session waits, for 2 s`,
  ]);
});

test('elsewhere one line is written after ten seconds, once in a run for each kind of wait', () => {
  const { clock, written, notices: all } = notices(false);
  for (let n = 0; n < 3; n++) all.begin('solver', 'start', starts);
  clock.pass(9_999);
  expect(written).toEqual([]);
  clock.pass(60_000);
  expect(written).toEqual(['carpool: solver: its child starts, for 10 s\n']);
  all.renew('solver');
  clock.pass(1_000);
  expect(written).toHaveLength(2);
});
