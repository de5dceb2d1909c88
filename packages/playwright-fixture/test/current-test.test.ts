/** The owners around a call: the file, which begins before its tests and ends after them, the test, and the worker. */
import { beforeAll, expect, test } from 'vitest';
import { expectVerdicts, messageOf } from '@carpool/test-harness/expect';
import { lettersOf, seenIn, type Outcome, type Seen } from '@carpool/test-harness';
import type { PlaywrightResult } from '@carpool/test-harness/playwright';
import { Project } from './harness.ts';

let outcome: Outcome<PlaywrightResult>;
let seen: readonly Seen[];

beforeAll(async () => {
  using project = new Project('current-test');
  // Longer than a test may take.
  outcome = await project.run([], { env: { OBSERVER_END: '1200' } });
  seen = seenIn(project);
}, 180_000);

test('a file is open before its tests and after them, and begins again in another worker', () => {
  expectVerdicts(outcome, 5 + 2 + 2 + 2 + 1);
  const order = (file: string): string => lettersOf(seen.filter((event) => event.file?.includes(file)));
  expect(order('a.spec')).toMatch(/^(?:JRt+EX){2}$/);
  expect(order('b.spec')).toMatch(/^JRt+EX$/);
  expect(order('/d.spec')).toBe('JREXJREX');
  expect(order('refused')).toBe('JREXJREX');
  const worker = (file: string): unknown =>
    new Set(seen.filter((one) => one.file?.includes(file)).map((one) => one.worker));
  expect(worker('b.spec')).not.toEqual(worker('/d.spec'));
});

test('a file ends as soon as its last test has run, before the next one is evaluated', () => {
  for (const events of Map.groupBy(seen, ({ worker }) => worker).values()) {
    expect(lettersOf(events).replaceAll(/[^JX]/g, '')).toMatch(/^(?:JX)*$/);
  }
  // As `c.spec` has the same fixtures as `b.spec`, it is in the same worker.
  const [b, c] = ['b.spec', 'c.spec'].map((file) => seen.filter((one) => one.file?.includes(file)));
  expect(new Set([...(b ?? []), ...(c ?? [])].map(({ worker }) => worker)).size).toBe(1);
  // No file is open while modules are evaluated, also in the process that only collects tests.
  const evaluated = seen.filter(({ event }) => event === 'top level');
  expect(evaluated.map(({ file }) => file)).toEqual(evaluated.map(() => 'none'));
});

test('a call knows its test', () => {
  const outside = seen.filter(({ event }) => event.includes('All'));
  expect(outside.map(({ test: found }) => found)).toEqual(outside.map(() => 'none'));
  expect(outside.length).toBeGreaterThan(3);
  const inside = seen.filter(({ event }) => /test|attempt|Each/.test(event));
  expect(inside.filter(({ test: found = '', file }) => !found.startsWith(`${file} > `))).toEqual([]);
  expect(new Set(inside.map(({ test: found }) => found)).size).toBe(2 + 2 + 2);
});

test('a file whose shared workers are not ready fails each of its tests with the reason', () => {
  for (const name of ['one', 'two'])
    expect(messageOf(outcome, `must fail: ${name}`)).toContain('The worker is not ready');
});

test('what fails at the end of a file fails its last test', () => {
  expect(messageOf(outcome, 'must fail: Playwright blames')).toContain('left untidy');
});

test('a test that fails says what is known of the shared workers of its file', () => {
  expect(messageOf(outcome, 'it says what')).toContain('end of its stderr:\n  │ it said something odd');
});

test('modes that run no test open no file', async () => {
  using project = new Project('current-test');
  const list = await project.run(['--list']);
  expect(list).toMatchObject({ code: 0, left: [] });
  expect(seenIn(project).map(({ event }) => event)).toEqual(['top level', 'top level', 'top level']);
});

test('every file of a worker begins anew, also where files take turns', async () => {
  using project = new Project('current-test');
  const repeated = await project.run([
    'a.spec',
    'b.spec',
    '--repeat-each=2',
    '--fully-parallel',
    '--grep=next file|hooks have one owner',
  ]);
  expectVerdicts(repeated, 6);
  const events = seenIn(project).filter(({ event }) => event === 'joins' || event === 'ended');
  expect(events.map(({ event }) => event).join(' ')).toMatch(/^(?:joins ended ?)+$/);
  // The name of an owner is one of its worker's.
  expect(new Set(events.map(({ file, worker }) => `${worker} ${file}`)).size).toBe(events.length / 2);
});
