/** One run in four shards on one host, `carpool run --shards 4`, with the real `--shard` of each runner; and their reports, merged. */
import { readFileSync } from 'node:fs';
import { Running, type Outcome } from '@carpool/test-harness';
import { describe, expect, test } from 'vitest';
import { killedShard, shardedRun } from '../contract/files.ts';
import { Project } from '../project.ts';
import { jest } from '../runners/jest.ts';
import { playwright } from '../runners/playwright.ts';
import type { Runner } from '../runners/runner.ts';
import { vitest } from '../runners/vitest.ts';
import { apart, underShards } from '../shards.ts';

/** Milliseconds for four runners at once. */
const timeout = 180_000;

interface Sharded {
  readonly runner: Runner;
  /** Arguments of each shard; one worker for each, as their numbers are then the same in all. */
  readonly args: readonly string[];
  /** Files of the project in place of those of the runner. */
  readonly files?: Readonly<Record<string, string>>;
  /** The results of all shards. */
  results(project: Project): Promise<readonly Pick<Outcome, 'tests'>[]>;
}

const sharded: readonly Sharded[] = [
  {
    runner: vitest,
    args: ['run', '--shard={i}/{n}', '--maxWorkers=1', '--reporter=blob', '--outputFile.blob=blobs/{i}.json'],
    results: async (project) => [await project.run(['--merge-reports=blobs'], { timeout })],
  },
  {
    runner: jest,
    args: ['--shard={i}/{n}', '--maxWorkers=1'],
    // Jest merges none.
    results: async (project) => [1, 2, 3, 4].map((number) => jest.read(project.read(`results-${number}.json`))),
  },
  {
    runner: playwright,
    args: ['test', '--shard={i}/{n}', '--workers=1'],
    files: {
      'playwright.config.mjs': `import { defineConfig } from '@playwright/test';

const shard = process.env.CARPOOL_SHARD;

export default defineConfig({
  globalSetup: '@carpool/playwright/global-setup',
  reporter: shard === undefined ? 'list' : [['list'], ['blob', { outputFile: \`blob-report/\${shard}.zip\` }]],
  outputDir: \`test-results/\${shard ?? 'all'}\`,
});
`,
    },
    results: async (project) => [await project.run(['merge-reports', '--reporter=json', 'blob-report'], { timeout })],
  },
];

/** The runner's main process: each shard is a process group. */
function leaderOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
}

describe.for(sharded)('$runner.name', ({ runner, args, files = {}, results }) => {
  test(
    'four shards have one value, one lock, one child and one exit code; their reports are one',
    { timeout },
    async () => {
      using project = new Project(runner, shardedRun);
      for (const [file, text] of Object.entries(files)) project.write(file, text);
      const outcome = await new Running(apart(runner), project.folder, args, { under: underShards(4), timeout })
        .outcome;
      const { code, stderr, output, left } = outcome;
      expect(output).toContain('fails on purpose');
      const failed = /^carpool: 1 of 4 shards failed: (\d)\/4 \(exit code 1\)$/m.exec(stderr)?.[1];
      expect([code, failed === undefined ? output : 'one has failed', left]).toEqual([1, 'one has failed', []]);
      expect(output.split('\n').filter((line) => line.includes('fails on purpose'))[0]).toContain(`[${failed}/4] `);
      // One summary.
      expect(output.match(/carpool: echo: .*/g)).toEqual([
        expect.stringMatching(/^carpool: echo: 1 child, 4 sessions, /),
      ]);

      const once = project.notes('once');
      expect(once.filter(({ event }) => event === 'computed')).toHaveLength(1);
      const got = once.filter(({ event }) => event === 'got');
      expect([got.length, new Set(got.map(({ value }) => value)).size]).toEqual([4, 1]);

      const turns = project.notes('turns').map(({ event }) => event);
      expect(turns).toEqual(Array.from({ length: 8 }, () => ['enters', 'leaves']).flat());

      const ports = project.notes('ports').flatMap((note) => note['ports'] as number[]);
      expect([ports.length, new Set(ports).size]).toEqual([12, 12]);

      const visits = shardedRun.flatMap(({ name }) => project.notes(name).filter(({ pid }) => pid !== undefined));
      expect([visits.length, new Set(visits.map(({ pid }) => pid)).size]).toEqual([4, 1]);

      const all = (await results(project)).flatMap(({ tests }) => tests);
      expect(all.filter(({ status }) => status === 'passed')).toHaveLength(19);
      expect(all.filter(({ status }) => status !== 'passed').map(({ title }) => title)).toEqual(['fails (c)']);
    },
  );

  test('a shard that is killed gives back its lock, and leaves no worker', { timeout }, async () => {
    using project = new Project(runner, killedShard);
    for (const [file, text] of Object.entries(files)) project.write(file, text);
    const running = new Running(apart(runner), project.folder, args, { under: underShards(2), timeout });
    const [holds] = await project.noted('killed-shard', 1);
    await project.noted('other-shard', 1);
    process.kill(leaderOf(Number(holds?.pid)), 'SIGKILL');
    const { code, stderr, output, left } = await running.outcome;
    expect([code, /^carpool: .* shards failed.*$/m.exec(stderr)?.[0] ?? output, left]).toEqual([
      137,
      expect.stringMatching(/^carpool: 1 of 2 shards failed: [12]\/2 \(SIGKILL\)$/),
      [],
    ]);
    expect(project.notes('other-shard').map(({ event }) => event)).toEqual(['waits', 'has it']);
  });

  test('a killed `carpool run` leaves no shard, no worker and no host', { timeout }, async () => {
    using project = new Project(runner, killedShard);
    for (const [file, text] of Object.entries(files)) project.write(file, text);
    const running = new Running(apart(runner), project.folder, args, { under: underShards(2), timeout });
    await project.noted('killed-shard', 1);
    await project.noted('other-shard', 1);
    running.kill('SIGKILL');
    const { code, left } = await running.outcome;
    expect([code, left]).toEqual([null, []]);
  });
});
