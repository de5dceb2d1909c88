/** The transcript of a real run of each runner: `carpool transcript` finds the tests by the names that users know. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { FileSpec } from '../contract/files.ts';
import { modules } from '../home.ts';
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
  // With less than two others it does not pass.
  { name: 'fails', tests: [{ name: 'does not pass', fixture: 'echo', body: 'passAtTheThirdAttempt' }] },
];

interface Line {
  readonly e: string;
  readonly s: string;
  readonly test?: string;
  readonly file?: string;
  readonly in?: string;
  readonly n?: number;
  readonly m?: { readonly type?: string; readonly value?: unknown };
  readonly failed?: true;
}

/** What the command says of the last run in this folder. */
async function cut(project: Project, ...options: string[]): Promise<Line[]> {
  const args = [join(modules, 'carpool/dist/cli.js'), 'transcript', '--run', project.path('told'), ...options];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project.folder });
  return stdout
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as Line);
}

/** What the user has sent and got, without numbers. */
function said(lines: readonly Line[]): unknown[] {
  return lines.flatMap(({ e, m, in: phase }) => (m === undefined || phase !== undefined ? [] : [[e, m.type, m.value]]));
}

test.each(runners)('in $name', { timeout: 120_000 }, async (runner) => {
  using project = new Project(runner, files);
  const { tests } = await project.run(runner.all, { env: { CARPOOL_TRANSCRIPT: 'told' } });
  expect(tests.map(({ status }) => status).toSorted()).toEqual(['failed', 'passed', 'passed']);
  const all = await cut(project);
  expect(
    all
      .filter(({ e }) => e === 'open')
      .flatMap(({ test: title }) => title?.split(' › ').at(-1) ?? [])
      .toSorted(),
  ).toEqual(['does not pass', 'finds nothing of it', 'leaves a value']);
  const one = await cut(project, '--test', 'leaves a value');
  expect(one.filter(({ e }) => e === 'open')).toMatchObject([
    { file: expect.stringContaining('two-tests.') as string },
  ]);
  expect(said(one)).toEqual([
    ['request', 'get', undefined],
    ['reply', 'reply', undefined],
    ['request', 'who', undefined],
    ['reply', 'reply', undefined],
    ['request', 'set', 'left behind'],
    ['reply', 'reply', 'left behind'],
  ]);
  const failed = await cut(project, '--failed');
  expect(failed.filter(({ e }) => e === 'open').map(({ file }) => file)).toEqual([expect.stringContaining('fails.')]);
  expect(failed.find(({ e }) => e === 'closed')).toMatchObject({ failed: true });
});
