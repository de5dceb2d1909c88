/** What golden files do under each runner. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { messageOf, testNamed } from '@carpool/test-harness/expect';
import type { Outcome, RunOptions } from '@carpool/test-harness';
import type { PlaywrightResult } from '@carpool/test-harness/playwright';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { Project, type Runner } from './runners.ts';

/** @param renderer of the real thing; default: the one of the project, which draws squares */
export function goldenSuite(runners: readonly Runner[], renderer?: string): void {
  const env = renderer === undefined ? {} : { GOLDEN_RENDERER: renderer };
  describe.for(runners)('$name', { timeout: 120_000 }, (runner) => {
    const run = async (
      project: Project,
      args: readonly string[] = [],
      more: RunOptions['env'] = {},
    ): Promise<Outcome> => {
      const outcome = await project.run([...runner.first, ...args], { env: { ...env, ...more } });
      const { errors, complaint, left, tests } = outcome;
      const output = tests.length === 4 ? '' : outcome.output;
      const sound = { errors: [], complaint: undefined, left: [], output: '' };
      expect({ errors, complaint, left, output }).toEqual(sound);
      return outcome;
    };
    const goldens = (project: Project): readonly string[] => project.files(`__goldens__/${runner.testFile}/**/*.*`);

    test('a life: written, the same, another, accepted, the same', async () => {
      using project = new Project(runner);
      const written = await run(project);
      expect(failed(written)).toEqual(['must fail: mock mode']);
      expect(goldens(project).map((file) => file.split('/').slice(2).join('/'))).toEqual(whole);
      expect(written.output).toContain(
        `carpool: wrote the golden file ${pathOf(project, runner, 'tree.headless.sha256')}`,
      );
      const message = messageOf(written, 'mock mode');
      expect(message).toContain('GOLDEN_INVALID');
      expect(message).toContain("write `mode: 'headless'` in the options of the pool");

      const contents = goldens(project).map((file) => readFileSync(project.path(file)));
      const same = await run(project);
      expect(failed(same)).toEqual(['must fail: mock mode']);
      expect(same.output).not.toContain('wrote the golden file');
      expect(goldens(project).map((file) => readFileSync(project.path(file)))).toEqual(contents);

      project.show({ count: 3 });
      const other = await run(project);
      expect(failed(other)).toEqual(['must fail: mock mode', 'the picture', 'the tree']);
      expectTreeFailure(other, project, runner);
      expectPictureFailure(other, project, runner);

      const accepted = await run(project, ['-u']);
      expect(failed(accepted)).toEqual(['must fail: mock mode']);
      const after = await run(project);
      expect(failed(after)).toEqual(['must fail: mock mode']);
      expect(goldens(project).map((file) => file.split('/').slice(2).join('/'))).toEqual(whole);
    });

    test('in CI nothing is written, and what is missing fails', async () => {
      using project = new Project(runner);
      const missing = await run(project, [], { CI: 'true' });
      expect(failed(missing)).toEqual(['must fail: mock mode', 'nearly the picture', 'the picture', 'the tree']);
      expect(messageOf(missing, 'the tree')).toContain('GOLDEN_MISSING');
      expect(goldens(project).filter((file) => !file.includes('/failed/'))).toEqual([]);
    });

    test("the variables of Plushie's SDKs write anew, each its own kind", async () => {
      using project = new Project(runner);
      const ci = { CI: 'true' };
      const trees = await run(project, [], { ...ci, PLUSHIE_UPDATE_SNAPSHOTS: '1' });
      expect(failed(trees)).toEqual(['must fail: mock mode', 'nearly the picture', 'the picture']);
      const pictures = await run(project, [], { ...ci, PLUSHIE_UPDATE_SCREENSHOTS: '1' });
      expect(failed(pictures)).toEqual(['must fail: mock mode']);
      expect(failed(await run(project, [], ci))).toEqual(['must fail: mock mode']);
    });
  });
}

const whole = [
  'nearly.headless.png',
  'pictures/whole.headless.png',
  'tree.headless.sha256',
  'tree.headless.tree.json',
  'tree.mock.sha256',
  'tree.mock.tree.json',
];

function failed({ tests }: Outcome): readonly string[] {
  return tests.flatMap(({ title, status }) => (status === 'failed' ? [title] : [])).toSorted();
}

function pathOf(project: Project, { testFile }: Runner, name: string): string {
  return project.path(join('__goldens__', testFile, name));
}

function expectTreeFailure(outcome: Outcome, project: Project, runner: Runner): void {
  const message = messageOf(outcome, 'the tree');
  expect(message).toContain('GOLDEN_MISMATCH');
  expect(message).toContain('-   content: "Count: 0"\n  +   content: "Count: 3"');
  expect(message).toContain(`golden file: ${pathOf(project, runner, 'tree.headless.sha256')}`);
  expect(message).toContain(`run ${runner.accept}, or with PLUSHIE_UPDATE_SNAPSHOTS=1`);
  expectLine(outcome, project, runner, 'the tree', "assertTreeHash(renderer, 'tree')");
}

/** The failure points at the line of the assertion. */
function expectLine(outcome: Outcome, project: Project, { testFile }: Runner, title: string, text: string): void {
  const line =
    project
      .read(testFile)
      .split('\n')
      .findIndex((one) => one.includes(text)) + 1;
  const found = testNamed(outcome, title);
  const stack = found.messages.join('\n');
  const location = 'attempts' in found ? (found as PlaywrightResult).attempts[0]?.location : stack;
  expect(location).toContain(`${testFile}:${line}`);
}

function expectPictureFailure(outcome: Outcome, project: Project, runner: Runner): void {
  const message = messageOf(outcome, 'the picture');
  expect(message).toMatch(/differs from its golden file: [\d,]+ of 3,200 pixels \([\d.]+ %\), between/);
  expect(message).toContain(`run ${runner.accept}, or with PLUSHIE_UPDATE_SCREENSHOTS=1`);
  expect(outcome.output).toMatch(runner.reports);
  const files = project.files(`${runner.failures}/pictures/*.png`);
  expect(files.map((file) => basename(file))).toEqual(
    ['actual', 'diff', 'expected'].map((part) => `whole.headless-${part}.png`),
  );
  for (const file of files) expect(message).toContain(project.path(file));
  const [actual, diff, expected] = files.map((file) => PNG.sync.read(readFileSync(project.path(file))));
  if (actual === undefined || diff === undefined || expected === undefined) throw new Error('unreachable');
  expect(readFileSync(pathOf(project, runner, 'pictures/whole.headless.png'))).toEqual(
    readFileSync(project.path(files[2] ?? '')),
  );
  // Red, wherever the two differ, and nowhere else.
  for (let at = 0; at < diff.data.length; at += 4) {
    const differs = actual.data.readUInt32BE(at) !== expected.data.readUInt32BE(at);
    expect(diff.data.readUInt32BE(at) === 0xff_00_00_ff).toBe(differs);
  }
}
