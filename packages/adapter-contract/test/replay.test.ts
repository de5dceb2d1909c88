/** A run of each runner is recorded, and then answered from its transcript: the program of its pool is gone by then. */
import { expect, test } from 'vitest';
import type { FileSpec } from '../contract/files.ts';
import { Project } from '../project.ts';
import { runners } from '../runners/all.ts';

const files: readonly FileSpec[] = [
  {
    name: 'two-tests',
    tests: [
      { name: 'leaves a value', fixture: 'echo', body: 'visit' },
      { name: 'finds nothing of it', fixture: 'echo', body: 'visit' },
    ],
  },
  { name: 'one-test', tests: [{ name: 'is alone in its file', fixture: 'echo', body: 'visit' }] },
  { name: 'packed', tests: [{ name: 'exchanges bytes', fixture: 'packed', body: 'exchangeBytes' }] },
];

const recorded = { env: { CARPOOL_TRANSCRIPT: 'recorded' } };
const replayed = { env: { CARPOOL_REPLAY: 'recorded' } };
const config = 'carpool.config.mjs';

/** What the tests of one run have got, without what differs in each run. */
function noted(project: Project): unknown[] {
  const all = files.flatMap(({ name }) => project.notes(name));
  return all.map((note) => JSON.stringify({ ...note, id: undefined })).toSorted();
}

const allOf = (status: string): string[] => Array.from({ length: 4 }, () => status);

test.each(runners)('in $name', { timeout: 180_000 }, async (runner) => {
  using project = new Project(runner, files);
  const first = await project.run(runner.all, recorded);
  expect(first.tests.map(({ status }) => status)).toEqual(allOf('passed'));
  const before = noted(project);
  expect(before).toHaveLength(4);
  expect(before).toContain(JSON.stringify({ file: 'packed', bytes: [1, 2, 3], large: String(2n ** 60n) }));
  project.write('log.jsonl', '');
  project.write(config, project.read(config).replaceAll('command: process.execPath', "command: 'no-such-program'"));

  const missing = await project.run(runner.all);
  expect(missing.tests.map(({ status }) => status)).toEqual(allOf('failed'));
  expect(missing.output).toContain('CHILD_NOT_STARTED');

  const again = await project.run(runner.all, replayed);
  expect(again.tests.map(({ status }) => status)).toEqual(allOf('passed'));
  expect(again.output).toMatch(/carpool: echo: a replay of .*recorded, no child, 3 sessions/);
  expect(again.output).toMatch(/carpool: packed: a replay of .*recorded, no child, 1 session/);
  // Also the pid that its process had then.
  expect(noted(project)).toEqual(before);

  const bodies = project.read('bodies.cjs');
  project.write(
    'bodies.cjs',
    bodies
      .replace("{ type: 'set', value: 'left behind' }", "{ type: 'set', value: 'changed' }")
      .replace('new Uint8Array([1, 2, 3])', 'new Uint8Array([1, 2, 4])'),
  );
  const changed = await project.run(runner.all, replayed);
  expect(changed.tests.map(({ status }) => status)).toEqual(allOf('failed'));
  expect(changed.output).toContain('NOT_RECORDED');
  expect(changed.output).toContain('.value: recorded "left behind", now "changed"');
  expect(changed.output).toContain('carpool: echo: tests have not asked for 3 messages and sessions');
});
