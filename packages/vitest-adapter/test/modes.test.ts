/** The ways in which Vitest is called, and what else a run prints. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectVerdicts, summaryOf } from '@carpool/test-harness/expect';
import type { Outcome } from '@carpool/test-harness';
import { folderOf, ends, Project } from './harness.ts';

const few = ['own-session', 'concurrent', 'attempts', 'type-only'];

/** A test file of so many tests, which have a process for their worker, one for their file, and one for themselves. */
const ownProcesses = (tests: number): string => `import { register, withPools } from '@carpool/vitest';
import { beforeAll } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config, { scope: { alone: 'worker' } });
let ofFile;
beforeAll(async () => {
  ofFile = await register('alone', { scope: 'file' });
});
for (let number = 1; number <= ${tests}; number++) {
  test(\`has processes, \${number}\`, async ({ alone, carpool, task }) => {
    const pids = [alone, ofFile, await carpool.alone.register()].map(async (one) => (await one.request({ type: 'who' })).pid);
    Object.assign(task.meta, { pids: await Promise.all(pids) });
  });
}
`;

describe.for(ends)('Vitest %s', (major) => {
  test('every shard has a host of its own, and `list` shows what runs', async () => {
    using project = new Project(major, 'suite');
    const shards = await Promise.all(['1/2', '2/2'].map((shard) => project.run([...few, `--shard=${shard}`])));
    for (const shard of shards) {
      expectVerdicts(shard, shard.tests.length);
      expect(summaryOf(shard, 'echo')).toContain('echo: 1 child, ');
    }
    const ran = shards.flatMap(({ tests }) => tests.map(({ name }) => name));
    expect(ran).toHaveLength(9 + 4 + 5 + 1);
    // Version 5 reads the files without running them, and takes any function whose name ends in "Test" for a test.
    const listed = (await project.start(['list', ...few], {}).outcome).stdout.trim().split('\n');
    const names = listed.map((line) =>
      line
        .split(' > ')
        .slice(1)
        .join(' ')
        .replace(/\$\{.*?\}|%s/g, '1'),
    );
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !ran.includes(name))).toEqual([]);
  });

  test('modes that run no test start no child', async () => {
    using project = new Project(major, 'suite');
    const [noMatch, list] = await Promise.all([
      project.run([...few, '--testNamePattern=matches nothing']),
      project.start(['list', ...few], {}).outcome,
    ]);
    for (const outcome of [noMatch, list]) {
      expect(outcome).toMatchObject({ code: 0, left: [], stderr: expect.not.stringContaining('carpool:') });
    }
    expect(list.stdout).toContain('the names may come from the host');
  });

  test('types are checked with the config they come from', async () => {
    using project = new Project(major, 'types');
    const outcome = await project.run(['--typecheck.only']);
    // Vitest finds only the tests whose function is called `test`; 3 and 4 take `test.extend` for one too.
    expectVerdicts(outcome, major === 5 ? 3 : 4);
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining('no errors') });
  });

  test('the package may be inlined, and evaluated anew for every file; a worker, a file and a test may have a process each', async () => {
    using project = new Project(major, 'suite');
    project.edit('vitest.config.ts', 'plugins:', 'test: { server: { deps: { inline: [/carpool/] } } }, plugins:');
    project.write('processes-a.test.ts', ownProcesses(2));
    project.write('processes-b.test.ts', ownProcesses(1));
    const outcome = await project.run([...few, 'worker-scope', 'processes', '--no-isolate', '--maxWorkers=1']);
    expectVerdicts(outcome, 9 + 4 + 5 + 1 + 2 + 3);
    const sessions = outcome.tests.flatMap(({ meta }) => meta['session'] ?? []);
    expect([...new Set(sessions)]).toHaveLength(1);
    // With `sessionsPerChild: 1`, one process for the worker, one for each file, and one for each test.
    const files = Map.groupBy(
      outcome.tests.filter(({ meta }) => 'pids' in meta),
      ({ file }) => file,
    );
    const seen = [...files.values()].map((tests) => tests.map(({ meta }) => meta['pids'] as number[]));
    expect(new Set(seen.map(({ length }) => length))).toEqual(new Set([1, 2]));
    const [worker, ofFile] = [0, 1].map((which) => seen.map((tests) => new Set(tests.map((pids) => pids[which]))));
    expect(worker?.[0]).toEqual(worker?.[1]);
    expect([worker, ofFile].map((sets) => sets?.map(({ size }) => size))).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(new Set(seen.flat(2)).size).toBe(1 + 2 + 3);
  });

  test('the global setup works without the plugin', async () => {
    using project = new Project(major, 'bare');
    const outcome = await project.run();
    expectVerdicts(outcome, 4);
    expect(summaryOf(outcome, 'echo')).toContain('1 child, 4 sessions, peak 4');
  });

  test('pools may be plain data in the options of the plugin, and the summary be left out', async () => {
    using project = new Project(major, 'plain-data');
    const outcome = await project.run();
    expectVerdicts(outcome, 1);
    expect(summaryOf(outcome, 'echo')).toBeUndefined();
  });

  test('a silent run prints no summary', async () => {
    using project = new Project(major, 'suite');
    const outcome = await project.run(['own-session', '--silent']);
    expect(outcome.tests.length).toBeGreaterThan(0);
    expectVerdicts(outcome, outcome.tests.length);
    expect(outcome.stderr).not.toContain('carpool:');
  });

  test('stdout stays readable for machines, and the evidence is in what they read', async () => {
    using project = new Project(major, 'suite');
    const run = (name: string): Promise<Outcome> => project.run(['failing', `--reporter=${name}`]);
    const [json, junit] = await Promise.all([run('json'), run('junit')]);
    expect(json.stderr).toContain('carpool: echo: 1 child');
    expect(junit.stderr).toContain('carpool: echo: 1 child');
    expect(JSON.parse(reportIn(json))).toMatchObject({ numFailedTests: 2 });
    for (const report of [reportIn(json), reportIn(junit)]) expect(report).toContain('the child saw something odd');
  });
});

describe('under `carpool run`', () => {
  const cli = join(folderOf(5), 'node_modules/carpool/dist/cli.js');
  const under = [process.execPath, cli, 'run', '--'];

  test('runs join the running host, which prints the summary', async () => {
    using project = new Project(5, 'suite');
    const running = project.start(['run', 'own-session', 'concurrent', 'attempts'], { under });
    await running.until(/RUN/);
    // A process that a host has forked looks like one until it runs its own program.
    const seen = new Map<number, number>();
    const watching = setInterval(() => running.hosts().forEach((pid) => seen.set(pid, (seen.get(pid) ?? 0) + 1)), 20);
    const outcome = await running.outcome;
    clearInterval(watching);
    expectVerdicts(outcome, 9 + 4 + 5);
    expect([...seen.values()].filter((times) => times > 1)).toHaveLength(1);
    expect(outcome.stderr.match(/^carpool: echo: 1 child, .*$/gm)).toHaveLength(1);
  });

  test('pools of the plugin cannot be added, and the tests say so', async () => {
    using project = new Project(5, 'plain-data');
    project.write('carpool.config.mjs', 'export default { pools: { other: { command: "none" } } };');
    const outcome = await project.run([], { under });
    expect(outcome).toMatchObject({ code: 1, left: [] });
    expect(outcome.tests.flatMap(({ messages }) => messages).join('\n')).toContain(
      "of the adapter's options cannot be added to a host that runs already",
    );
  });
});

/** Vitest 5 writes a file and says where, older versions write to stdout. */
function reportIn({ stdout }: Outcome): string {
  const file = /report written to (.+)/.exec(stdout)?.[1];
  return file === undefined ? stdout : readFileSync(file, 'utf8');
}
