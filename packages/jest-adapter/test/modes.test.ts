/** The ways in which Jest is called and configured, and what else a run prints. */
import { describe, expect, test } from 'vitest';
import { expectVerdicts, summaryOf } from '@carpool/test-harness/expect';
import { majors, Project } from './harness.ts';

const few = ['own-session', 'concurrent', 'attempts', 'scopes'];
/** The tests in them. */
const count = 35;
const modules = { env: { NODE_OPTIONS: '--experimental-vm-modules' } };

describe.for(majors)('Jest %s', (major) => {
  test('every shard has a host of its own', async () => {
    using project = new Project(major, 'suite');
    const shards = await Promise.all(['1/2', '2/2'].map((shard) => project.run([...few, `--shard=${shard}`])));
    for (const shard of shards) {
      expectVerdicts(shard, shard.tests.length);
      expect(summaryOf(shard, 'echo')).toContain('echo: 1 child, ');
    }
    expect(shards.flatMap(({ tests }) => tests)).toHaveLength(count);
  });

  test('a run that bails out leaves nothing behind, in workers and in band', async () => {
    using project = new Project(major, 'leaks');
    const files = ['fails', 'after'];
    const runs = ['--maxWorkers=2', '--runInBand'].map((mode) => project.run([...files, '--bail', mode]));
    for (const outcome of await Promise.all(runs)) expect(outcome).toMatchObject({ code: 1, left: [] });
  });

  test('workers that are replaced for their memory go on with the same child', async () => {
    using project = new Project(major, 'suite');
    for (const copy of ['b', 'c', 'd']) project.write(`sockets-${copy}.test.js`, project.read('sockets-a.test.js'));
    const outcome = await project.run(['sockets', '--maxWorkers=2', '--workerIdleMemoryLimit=1K']);
    // Jest replaces those of the last files, too: what it has just started has 500 ms to start and to end, or it complains.
    expectVerdicts({ ...outcome, complaint: undefined }, 4);
    const workers = project.read('sockets.txt').match(/^\d+/gm);
    expect(new Set(workers).size).toBe(4);
    expect(summaryOf(outcome, 'echo')).toContain('echo: 1 child, 4 sessions');
  });

  test('no handle of ours is open at the end', async () => {
    using project = new Project(major, 'suite');
    const outcome = await project.run([...few, '--detectOpenHandles']);
    expectVerdicts(outcome, count);
    expect(outcome.stderr).not.toMatch(/handle/);
  });

  test('modes that run no test start no child', async () => {
    using project = new Project(major, 'suite');
    const noMatch = ['--testNamePattern=matches nothing'];
    const runs = [project.run([...few, ...noMatch]), project.run([...few, '--listTests'])];
    for (const outcome of await Promise.all(runs)) {
      expect(outcome).toMatchObject({ code: 0, left: [], stderr: expect.not.stringContaining('carpool:') });
    }
  });

  test('stdout stays readable for machines, and says where tests stand', async () => {
    using project = new Project(major, 'suite');
    const outcome = await project.run(['own-session', '--json', '--testLocationInResults']);
    const { numPassedTests, testResults } = JSON.parse(outcome.stdout);
    expect(numPassedTests).toBe(6);
    expect(testResults[0].assertionResults[0].location).toEqual({ line: 6, column: 1 });
    // A slot whose session the child has not confirmed as ended yet counts as well.
    expect(summaryOf(outcome, 'echo')).toMatch(/1 child, 7 sessions, peak [34],/);
  });

  test('files of tests may be ES modules, in TypeScript', async () => {
    using project = new Project(major, 'esm');
    const outcome = await project.run([], modules);
    expectVerdicts(outcome, 6);
    expect(outcome.code).toBe(0);
  });

  test('a test need not have globals', async () => {
    using project = new Project(major, 'esm');
    const outcome = await project.run(['--injectGlobals=false', '--maxWorkers=2'], modules);
    expectVerdicts(outcome, 6);
  });

  test('projects that find the same config share a host; one with a config of its own has its own', async () => {
    using project = new Project(major, 'workspace');
    const [all, one] = await Promise.all([project.run(), project.run(['--selectProjects=own'])]);
    expectVerdicts(all, 6);
    const lines = all.stderr.split('\n').filter((line) => line.startsWith('carpool: echo: 1 child, '));
    const sessions = lines.map((line) => Number(/(\d+) sessions/.exec(line)?.[1]));
    expect(sessions.toSorted((a, b) => a - b)).toEqual([2, 4]);
    expectVerdicts(one, 2);
    expect(summaryOf(one, 'echo')).toContain('1 child, 2 sessions');
  });

  test('an environment, a setup and a teardown of its own, and the preset as an object', async () => {
    using environment = new Project(major, 'own-environment');
    using setup = new Project(major, 'own-setup');
    const [first, second] = await Promise.all([environment.run(), setup.run()]);
    expectVerdicts(first, 3);
    expect(summaryOf(first, 'echo')).toContain('1 child, 2 sessions');
    expectVerdicts(second, 1);
    expect(second.stderr.match(/^carpool: .*|^own teardown/gm)).toEqual([
      expect.stringMatching(/^carpool: echo: 1 child, 1 session, peak 1, longest wait \d+ ms/),
      'own teardown',
    ]);
  });

  test('pools may be plain data in the options of the environment, and the summary be left out', async () => {
    using project = new Project(major, 'options');
    const outcome = await project.run();
    expectVerdicts(outcome, 2);
    expect(summaryOf(outcome, 'echo')).toBeUndefined();
  });

  test('a silent run prints no summary', async () => {
    using project = new Project(major, 'suite');
    const outcome = await project.run(['own-session', '--silent']);
    expectVerdicts(outcome, 6);
    expect(outcome.stderr).not.toContain('carpool:');
  });

  test('types come from the config', async () => {
    using project = new Project(major, 'types');
    expect(await project.check()).toBe('');
  });
});
