// The pure parts of the proof of several runs: which processes a seed kills, and what the checker finds in bad journals.
import { describe, expect, test } from 'vitest';
import { faultsIn } from '../machine/check.ts';
import type { Held, Killed, Line } from '../machine/journal.ts';
import type { RunEnd } from '../machine/run.ts';
import { parseSeeds, schedule } from '../machine/schedule.ts';

describe('a schedule', () => {
  const options = { runs: 6, lines: 170 };
  const seeds = Array.from({ length: 300 }, (_, seed) => seed);

  test('is the same for the same seed, and another one for another', () => {
    expect(schedule(7, options)).toEqual(schedule(7, options));
    expect(new Set(seeds.map((seed) => JSON.stringify(schedule(seed, options)))).size).toBe(seeds.length);
  });

  test('kills at most half of the runs, each once, early enough for what comes after it to be seen', () => {
    for (const seed of seeds) {
      const kills = schedule(seed, options);
      const runs = kills.flatMap(({ run }) => run ?? []);
      expect(new Set(runs).size).toBe(runs.length);
      expect(runs.length).toBeLessThanOrEqual(3);
      for (const { run, line } of kills) {
        expect(line).toBeGreaterThan(0);
        expect(line).toBeLessThanOrEqual(run === undefined ? 0.4 * 6 * 170 : 0.6 * 170 + 1);
      }
    }
  });

  test('three seeds one after the other kill in every way, and seeds together every run in every way', () => {
    const ways = ['SIGINT', 'SIGKILL', 'SIGTERM', 'child', 'host', 'stopped', 'worker'];
    for (const seed of seeds) {
      const three = [seed, seed + 1, seed + 2].flatMap((one) => schedule(one, options));
      expect([...new Set(three.map(({ how }) => how))].toSorted()).toEqual(ways);
    }
    const victims = seeds.flatMap((seed) => schedule(seed, options).map(({ how, run }) => `${how} ${run}`));
    expect(new Set(victims).size).toBe(5 * 6 + 2);
  });

  test('is for the seeds that are named', () => {
    expect([parseSeeds('7'), parseSeeds('1-3'), parseSeeds('9, 3-4')]).toEqual([[7], [1, 2, 3], [9, 3, 4]]);
    expect(() => parseSeeds('some')).toThrow('"some" is no seed');
  });
});

describe('the checker', () => {
  const at = 0;
  const base = { at, run: 'a', pid: 1 };
  const other = { at, run: 'b', pid: 2 };
  const holds = (of: { readonly run: string; readonly pid: number }, hold: string, more: Partial<Held> = {}): Held => ({
    at,
    event: 'holds',
    hold,
    what: ['db'],
    weight: 1,
    of: 1,
    ...of,
    ...more,
  });
  const lets = (of: { readonly run: string; readonly pid: number }, hold: string): Line => ({
    at,
    event: 'lets go',
    hold,
    ...of,
  });
  const kills = (how: Killed['how'], run: string, pid: number): Killed => ({ at, run, pid, event: 'kills', how });
  const begins = (of: typeof base, name: string): Line => ({ ...of, event: 'begins', test: name });
  const passes = (of: typeof base, name: string): Line => ({ ...of, event: 'passes', test: name });
  const got = (of: typeof base, value: string): Line => ({ ...of, event: 'got', what: 'image', value });
  /** Two runs that share a child, as every journal needs. */
  const shared: Line[] = [base, other].flatMap((of) => {
    const hold = `session of ${of.run}`;
    return [holds(of, hold, { what: ['a session of 9'], child: 9, of: 4 }), lets(of, hold)];
  });
  const result = (status: string, message = ''): RunEnd['tests'][number] => ({
    file: 'f',
    name: 't',
    title: 't',
    status,
    messages: message === '' ? [] : [message],
    meta: {},
  });
  const ended = (more: Partial<RunEnd> = {}): RunEnd => ({
    name: 'a',
    code: 0,
    signal: null,
    tests: [result('passed')],
    output: '',
    ...more,
  });
  const faults = (lines: readonly Line[], ends: readonly RunEnd[] = []): string[] =>
    faultsIn({ lines: [...shared, ...lines], ends, tests: 1 });

  test('has nothing to say of turns', () => {
    expect(faults([holds(base, 'x'), lets(base, 'x'), holds(other, 'y'), lets(other, 'y')], [ended()])).toEqual([]);
    expect(faults([holds(base, 'x', { of: 2 }), holds(other, 'y', { of: 2 })])).toEqual([]);
  });

  test.each([
    ['given back after the other has it', [holds(base, 'x'), holds(other, 'y'), lets(base, 'x')]],
    ['of which its process writes more', [holds(base, 'x'), holds(other, 'y'), passes(base, 't')]],
    ['whose process is killed after the other has it', [holds(base, 'x'), holds(other, 'y'), kills('worker', 'a', 1)]],
    ['of one run', [holds(base, 'x'), holds({ ...base, pid: 3 }, 'y'), lets(base, 'x')]],
    [
      'whose main process is stopped, and which its worker still has',
      [holds(base, 'x'), kills('stopped', 'a', 7), holds(other, 'y'), lets(base, 'x'), kills('SIGKILL', 'a', 7)],
    ],
    [
      'of which there is less',
      [holds(base, 'x', { weight: 2, of: 3 }), holds(other, 'y', { weight: 2, of: 3 }), lets(base, 'x')],
    ],
    [
      'beside others',
      [holds(base, 'x', { what: ['port 1', 'db'] }), holds(other, 'y', { what: ['db', 'port 2'] }), lets(base, 'x')],
    ],
    [
      'of the next host',
      [
        kills('host', '', 5),
        holds({ run: 'c', pid: 3 }, 'x'),
        holds({ run: 'd', pid: 4 }, 'y'),
        lets({ run: 'c', pid: 3 }, 'x'),
      ],
    ],
  ] satisfies [string, Line[]][])('finds what is held twice: %s', (_, lines) => {
    expect(faults(lines)).toMatchObject([expect.stringContaining('of db are held at once: ')]);
  });

  test.each([
    ['whose process was killed', [holds(base, 'x'), kills('worker', 'a', 1), holds(other, 'y')]],
    ['whose run was interrupted', [holds(base, 'x'), kills('SIGINT', 'a', 7), holds(other, 'y'), lets(base, 'x')]],
    ['whose run was killed', [holds(base, 'x'), kills('SIGKILL', 'a', 7), holds(other, 'y'), lets(base, 'x')]],
    ['that was given before that', [kills('SIGKILL', 'a', 7), holds(other, 'y'), holds(base, 'x'), lets(other, 'y')]],
    ['whose process wrote nothing more', [holds(base, 'x'), holds(other, 'y')]],
    [
      'that was lost with the host',
      [holds(base, 'x'), kills('host', '', 5), holds({ run: 'c', pid: 3 }, 'y'), lets(base, 'x')],
    ],
  ] satisfies [string, Line[]][])('does not take for held what nothing shows to be: %s', (_, lines) => {
    expect(faults(lines)).toEqual([]);
  });

  test('finds values that differ while a run that has one goes on', () => {
    const goesOn = passes(base, 't');
    expect(faults([got(base, 'v'), got(other, 'w'), goesOn])).toEqual(['b got w for image at line 6, while a had v']);
    expect(faults([got(base, 'v'), got(other, 'v'), goesOn])).toEqual([]);
    expect(faults([got(base, 'v'), got(other, 'w')])).toEqual([]);
    expect(faults([got(base, 'v'), kills('SIGKILL', 'a', 7), got(other, 'w'), goesOn])).toEqual([]);
    expect(faults([got(base, 'v'), kills('host', '', 5), got({ ...base, run: 'c' }, 'w'), goesOn])).toEqual([]);
  });

  test('finds who was not told of a loss', () => {
    const told = (code: string | undefined, held: boolean): Line => ({
      ...base,
      event: 'told',
      hold: 'x',
      held,
      ...(code === undefined ? {} : { code }),
    });
    expect(faults([told('LEASE_LOST', false)])).toEqual([]);
    expect(faults([told(undefined, false)])).toEqual(['a (1) was told nothing of a lost lease, held: false, line 5']);
    expect(faults([told('LEASE_LOST', true)])).toHaveLength(1);
  });

  test('finds that nothing was shared', () => {
    const alone = shared.slice(0, 2);
    expect(faultsIn({ lines: alone, ends: [], tests: 0 })).toEqual(['no child has served two runs']);
    expect(faultsIn({ lines: [...alone, kills('host', '', 5)], ends: [], tests: 0 })).toEqual([]);
  });

  const childKilled = kills('child', '', 9);
  const exited = result('failed', 'CarpoolError [CHILD_EXITED]: …');

  test.each([
    ['a test that failed', [], ended({ code: 1, tests: [result('failed', 'Error: x')] })],
    ['a failed run without a failed test', [], ended({ code: 1 })],
    ['a run that ended by a signal', [], ended({ code: null, signal: 'SIGABRT' })],
    ['a passed run with a failed test', [begins(base, 't'), childKilled], ended({ tests: [exited] })],
    ['a test that is missing', [], ended({ tests: [] })],
    ['a test that did not run', [], ended({ tests: [result('skipped')] })],
    ['CHILD_EXITED where none was killed', [], ended({ code: 1, tests: [exited] })],
    [
      'CHILD_EXITED of a test that had ended',
      [begins(base, 't'), passes(base, 't'), childKilled],
      ended({ code: 1, tests: [exited] }),
    ],
    [
      'CHILD_EXITED of a test that had not begun',
      [childKilled, begins(base, 't')],
      ended({ code: 1, tests: [exited] }),
    ],
    [
      'another word than that of the killed child',
      [begins(base, 't'), childKilled],
      ended({ code: 1, tests: [result('failed', 'CarpoolError [HUB_LOST]: …')] }),
    ],
    [
      'no word of Carpool where the host was killed',
      [kills('host', '', 5)],
      ended({ code: 1, tests: [result('failed', 'Error: x')] }),
    ],
  ] satisfies [string, Line[], RunEnd][])('finds %s, where the run was not killed', (_, lines, end) => {
    expect(faults(lines, [end])).not.toEqual([]);
    expect(faults([...lines, kills('SIGTERM', 'a', 7)], [end])).toEqual([]);
  });

  test.each([
    ['CHILD_EXITED of a test that ran when the child was killed', [begins(base, 't'), childKilled], exited],
    ['HUB_LOST where the host was killed', [kills('host', '', 5)], result('failed', 'CarpoolError [HUB_LOST]: …')],
    ['LEASE_LOST where the host was killed', [kills('host', '', 5)], result('failed', 'CarpoolError [LEASE_LOST]: …')],
  ] satisfies [string, Line[], RunEnd['tests'][number]][])('allows %s', (_, lines, one) => {
    expect(faults(lines, [ended({ code: 1, tests: [one] })])).toEqual([]);
  });
});
