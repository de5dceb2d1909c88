import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/clock.ts';
import type { OpenElsewhere } from '../wire/open-elsewhere.ts';
import { Leaving } from './leaving.ts';

class Host {
  readonly clock = new FakeClock();
  readonly said: string[] = [];
  open: OpenElsewhere | undefined = { sessions: 3, runs: 2 };
  readonly leaving: Leaving;

  constructor(limit: number | null = 60_000) {
    this.leaving = new Leaving({
      limit,
      clock: this.clock,
      open: () => this.open,
      begun: () => void this.said.push('offers nothing more'),
      end: (signal) => void this.said.push(`ends: ${signal}`),
      print: (line) => void this.said.push(line),
    });
  }
}

test('it says once what is open, and ends with the last of it', () => {
  const host = new Host();
  host.leaving.signalled('SIGTERM');
  expect(host.said.splice(0)).toEqual(['offers nothing more']);
  host.clock.pass(30_000);
  expect(host.said.splice(0)).toEqual([
    'leaving: 3 sessions of 2 runs are open, at most 60 s; a second signal (Ctrl-C) ends them at once',
  ]);
  host.open = { sessions: 1, runs: 1 };
  host.clock.pass(29_000);
  expect(host.said).toEqual([]);
  host.open = undefined;
  host.clock.pass(100);
  expect(host.said).toEqual(['ends: SIGTERM']);
  expect(host.clock.pending).toBe(0);
});

test('what only waited is sent away, and nothing is said', () => {
  const host = new Host();
  host.leaving.signalled('SIGTERM');
  host.open = undefined;
  host.clock.pass(100);
  expect(host.said).toEqual(['offers nothing more', 'ends: SIGTERM']);
});

test('what is open when the time is over is ended', () => {
  const host = new Host(1_500);
  host.leaving.signalled('SIGTERM');
  host.open = { sessions: 1, runs: 1 };
  host.clock.pass(1_400);
  expect(host.said.slice(1)).toEqual([
    'leaving: 1 session of 1 run is open, at most 1.5 s; a second signal (Ctrl-C) ends them at once',
  ]);
  host.clock.pass(100);
  expect(host.said.slice(2)).toEqual(['leaving: 1 session of 1 run is open after 1.5 s: ended now', 'ends: SIGTERM']);
});

test('an answer that is to come is waited for as a session is', () => {
  const host = new Host(null);
  host.open = { sessions: 0, runs: 1 };
  host.leaving.signalled('SIGTERM');
  host.clock.pass(86_400_000);
  expect(host.said.slice(1)).toEqual([
    'leaving: what children found wrong is told to 1 run; a second signal (Ctrl-C) ends them at once',
  ]);
});

test('where nothing is open, or no time is given, it does not begin', () => {
  const empty = new Host();
  empty.open = undefined;
  for (const host of [empty, new Host(0)]) {
    host.leaving.signalled('SIGINT');
    expect([host.leaving.hasBegun, host.said, host.clock.pending]).toEqual([false, ['ends: SIGINT'], 0]);
  }
});

test('the end of its terminal is not waited for, also where it is the first signal', () => {
  const host = new Host();
  host.leaving.signalled('SIGHUP');
  expect([host.leaving.hasBegun, host.said, host.clock.pending]).toEqual([false, ['ends: SIGHUP'], 0]);
});

test('a signal that comes on two ways is one; a later one ends it, and so does the end of its terminal', () => {
  const [host, other] = [new Host(), new Host()];
  for (const signal of ['SIGTERM', 'SIGTERM', 'SIGINT'] as const) host.leaving.signalled(signal);
  host.clock.pass(499);
  host.leaving.signalled('SIGTERM');
  expect(host.said).not.toContain('ends: SIGTERM');
  host.clock.pass(1);
  host.leaving.signalled('SIGINT');
  expect(host.said.at(-1)).toBe('ends: SIGINT');
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) other.leaving.signalled(signal);
  expect(other.said).toEqual(['offers nothing more', 'ends: SIGHUP']);
});

test('nothing is looked at any more once the host ends', () => {
  const host = new Host();
  host.leaving.signalled('SIGTERM');
  host.leaving.cancel();
  expect(host.clock.pending).toBe(0);
});
