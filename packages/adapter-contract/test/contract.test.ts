/** The contract, held against the three runners: each a subprocess, on the same test bodies and the same child. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test, type RunnerTask, type TestContext } from 'vitest';
import { cases, watchRemarks, type Remarks, type Seen } from '../contract/cases.ts';
import { leakCases } from '../contract/leaks.ts';
import { interrupted, sharingRun, stopped, watched, wholeRun } from '../contract/files.ts';
import { sharingCases } from '../contract/sharing.ts';
import { Project } from '../project.ts';
import { runners } from '../runners/all.ts';
import { page, pageWith, type Cell, type Result } from '../table.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Where this test stands in the table of docs/runners.md. */
    cell?: Cell;
  }
}

/** The cells of tests that have run, in the order in which they are written. */
function resultsOf(tasks: readonly RunnerTask[]): Result[] {
  return tasks.flatMap((task) => {
    if (task.type === 'suite') return resultsOf(task.tasks);
    const { cell } = task.meta;
    return cell === undefined ? [] : [{ ...cell, passed: task.result?.state !== 'fail' }];
  });
}

/** Milliseconds for one run of all test files. */
const timeout = 300_000;

// The runners run side by side, the runs of one of them one after another.
describe.concurrent.for(runners)('$name', (runner) => {
  const tell = ({ name, meta }: TestContext['task'], remarks: Remarks = {}): void => {
    const remark = remarks[runner.name];
    meta.cell = { title: name, runner: runner.name, ...(remark === undefined ? {} : { remark }) };
  };

  describe('in one run', { concurrent: false }, () => {
    let seen: Seen;

    beforeAll(async () => {
      const project = new Project(runner, wholeRun);
      const env = { NODE_OPTIONS: `--require=${project.path('prints-in-the-host.cjs')}` };
      seen = { project, outcome: await project.run(runner.all, { timeout, env }) };
      return () => project[Symbol.dispose]();
    });

    // oxlint-disable-next-line vitest/expect-expect -- every case expects
    test.for([...cases, ...leakCases])('$title', ({ remarks, check }, { task }) => {
      tell(task, remarks);
      check(seen);
    });
  });

  describe('in every kind of worker', { concurrent: false }, () => {
    const seenIn: (Seen & { readonly mode: string })[] = [];

    beforeAll(async () => {
      const projects = runner.modes.map(() => new Project(runner, sharingRun));
      for (const [at, mode] of runner.modes.entries()) {
        const project = projects[at] as Project;
        seenIn.push({
          project,
          mode: mode.name,
          outcome: await project.run([...runner.all, ...mode.args], { timeout }),
        });
      }
      return () => projects.forEach((project) => project[Symbol.dispose]());
    });

    // oxlint-disable-next-line vitest/expect-expect -- every case expects
    test.for(sharingCases)('$title', ({ remarks, check }, { task }) => {
      tell(task, remarks);
      for (const { mode, ...one } of seenIn) {
        try {
          check(one);
        } catch (error) {
          throw new Error(`in ${mode}: ${(error as Error).message}`, { cause: error });
        }
      }
    });
  });

  describe('in a run of its own', { concurrent: false }, () => {
    test('a re-run in watch mode keeps the child', async ({ task }) => {
      tell(task, watchRemarks);
      using project = new Project(runner, watched);
      const { left } = await runner.rerun(project);
      const [first, second] = project.notes('watch');
      expect(second).toMatchObject({ pid: first?.pid, found: 'nothing', sessions: [second?.id] });
      expect(second?.id).not.toBe(first?.id);
      expect(left).toEqual([]);
    });

    test('an interrupted run leaves nothing behind', async ({ task }) => {
      tell(task);
      using project = new Project(runner, interrupted);
      const running = project.start(runner.all);
      const [note] = await project.noted('interrupt', 1);
      expect(note?.sessions).toEqual([note?.id]);
      running.kill('SIGINT');
      const { left, code } = await running.outcome;
      expect(left).toEqual([]);
      expect(code).not.toBe(0);
      expect(() => process.kill(note?.pid ?? 0, 0)).toThrow('ESRCH');
    });

    test('a host that does not answer fails what waits for it within 15 s, and is ended', async ({ task }) => {
      tell(task);
      using project = new Project(runner, stopped);
      const running = project.start(runner.all);
      await project.noted('stopped', 1);
      process.kill(running.host(), 'SIGSTOP');
      project.write('go-on', '');
      const outcome = await running.outcome;
      const [failed] = outcome.tests;
      expect(failed?.messages.join('\n')).toMatch(
        /CarpoolError \[HUB_LOST\].*the host, probably stopped or blocked, has not answered for 1[0-4] s/,
      );
      expect(outcome.left, 'processes and files').toEqual([]);
    });
  });
});

test('docs/runners.md shows this run: else `pnpm --filter @carpool/adapter-contract document` writes it', ({
  task,
}) => {
  expect(pageWith(resultsOf(task.file.tasks))).toBe(readFileSync(page, 'utf8'));
});
