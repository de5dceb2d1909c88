/** Real runs in one report: of each runner, and of two shards, which are one run. All that they had is there, once. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { Running } from '@carpool/test-harness';
import { expect, onTestFinished, test } from 'vitest';
import type { FileSpec } from '../contract/files.ts';
import { Project } from '../project.ts';
import { jest } from '../runners/jest.ts';
import { playwright } from '../runners/playwright.ts';
import type { Runner } from '../runners/runner.ts';
import { vitest } from '../runners/vitest.ts';
import { apart, carpool, underShards } from '../shards.ts';

/** Milliseconds for four runs at once. */
const timeout = 120_000;

const files: readonly FileSpec[] = [
  {
    name: 'reported-a',
    module: 'sharded.cjs',
    tests: [
      { name: 'visits (a)', fixture: 'echo', body: 'visit' },
      { name: 'takes turns (a)', body: 'takeTurns' },
    ],
  },
  {
    name: 'reported-b',
    module: 'sharded.cjs',
    tests: [
      { name: 'visits (b)', fixture: 'echo', body: 'visit' },
      { name: 'takes turns (b)', body: 'takeTurns' },
      { name: 'fails (b)', fixture: 'echo', body: 'fail' },
    ],
  },
];

interface Run {
  readonly runner: Runner;
  /** As the report calls it. */
  readonly name: string;
  readonly shards?: readonly string[];
  /** Absent: as many as there are. */
  readonly args?: readonly string[];
}

const runs: readonly Run[] = [
  { runner: vitest, name: 'vitest' },
  { runner: jest, name: 'jest' },
  { runner: playwright, name: 'playwright' },
  { runner: vitest, name: 'vitest', shards: ['1/2', '2/2'], args: ['run', '--shard={i}/{n}', '--maxWorkers=1'] },
];

interface ReportedEvent {
  readonly pool?: string;
  readonly name?: string;
  readonly id?: string;
  readonly test?: string;
  readonly file?: string;
  readonly shard?: string;
  readonly worker?: string;
  readonly granted?: number;
  readonly failed?: true;
}

interface Reported {
  readonly file: string;
  readonly header: { readonly runner?: string; readonly folder: string };
  readonly sessions: readonly ReportedEvent[];
  readonly leases: readonly ReportedEvent[];
  readonly ended: boolean;
  readonly dropped: number;
  readonly summary: {
    readonly pools: readonly { readonly name: string; readonly sessions: number }[];
    readonly leases: readonly { readonly name: string; readonly granted: number }[];
  };
}

type Columns = Readonly<Record<string, readonly (number | null)[]>>;

/** What is embedded in a page. */
interface PageData {
  readonly texts: readonly string[];
  readonly omitted: number;
  readonly runs: readonly { readonly sessions: Columns; readonly leases: Columns }[];
}

/** Runs all of it, as its user does. @returns the path of what was kept of the run */
async function recorded(project: Project, { runner, shards, args = runner.all }: Run): Promise<string> {
  // Of its own: what is kept is in the nearest one, and other tests run in the folder above.
  mkdirSync(project.path('node_modules'));
  const { tests, code, output, left } =
    shards === undefined
      ? await project.run(args, { timeout })
      : await new Running(apart(runner), project.folder, args, { under: underShards(shards.length), timeout }).outcome;
  const results = shards?.map((_, at) => runner.read(project.read(`results-${at + 1}.json`)).tests).flat() ?? tests;
  const statuses = results.map(({ status }) => status).toSorted();
  const wanted = { code: 1, statuses: ['failed', 'passed', 'passed', 'passed', 'passed'], left: [] };
  expect({ code, statuses, left, output }).toEqual({ ...wanted, output });
  const { stdout } = await command(project.folder, 'report', '--list');
  expect(stdout).toMatch(/^\S+\.jsonl\n$/);
  return stdout.trimEnd();
}

async function command(folder: string, ...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const [node, cli] = carpool;
  return await promisify(execFile)(node, [cli, ...args], { cwd: folder, maxBuffer: 1 << 24 });
}

/** Its test, file, runner and shard, as far as they are told. */
function told({ test: title = '', file = '', worker = '', shard }: ReportedEvent): unknown[] {
  const [runner] = /^\w+(?= \d+$)/.exec(worker) ?? [];
  return [title.split(' › ').at(-1), basename(file).split('.')[0], runner, shard];
}

/** Of a page. */
function eventsIn({ texts }: PageData, columns: Columns): ReportedEvent[] {
  const fields = ['test', 'file', 'worker', 'shard'];
  return (columns['since'] ?? []).map((_, at) =>
    Object.fromEntries(
      fields.flatMap((field) => {
        const number = columns[field]?.[at] ?? null;
        return number === null ? [] : [[field, texts[number]]];
      }),
    ),
  );
}

const byTest = (events: readonly ReportedEvent[]): unknown[][] =>
  events.map(told).toSorted((one, other) => String(one).localeCompare(String(other)));

test('runs of three runners and of two shards, merged', { timeout }, async () => {
  const projects = runs.map(({ runner }) => {
    const project = new Project(runner, files);
    onTestFinished(() => project[Symbol.dispose]());
    return project;
  });
  const paths = await Promise.all(projects.map((project, at) => recorded(project, runs[at]!)));
  const [first = ''] = paths;
  const folder = projects[0]!.folder;
  // One is given twice, as patterns may do.
  const given = [...paths, first];
  const { stdout, stderr } = await command(folder, 'report', ...given, '--json', '--html', 'page.html');
  // JSON has stdout for itself.
  expect(stderr).toBe(`${projects[0]!.path('page.html')}\n`);
  const report = JSON.parse(stdout) as { readonly version: number; readonly runs: readonly Reported[] };
  expect(report.version).toBe(1);
  expect(report.runs.map(({ file }) => file)).toEqual(paths);
  const [, script = ''] = projects[0]!.read('page.html').split('id="carpool-data">');
  const page = JSON.parse(script.slice(0, script.indexOf('</script>'))) as PageData;
  expect([page.runs.length, page.omitted]).toEqual([paths.length, 0]);

  for (const [at, run] of report.runs.entries()) {
    const { name, shards } = runs[at]!;
    const { sessions, leases, header, ended, dropped, summary } = run;
    const { folder: root } = projects[at]!;
    expect(header).toMatchObject({ runner: shards === undefined ? name : 'carpool run', folder: root });
    expect([ended, dropped]).toEqual([true, 0]);
    const shardOf = (file: string): string | undefined =>
      shards && sessions.find((one) => one.file?.includes(file))?.shard;
    expect(shards && new Set(['reported-a', 'reported-b'].map(shardOf))).toEqual(shards && new Set(shards));
    const of = (title: string, file: string): unknown[] => [title, file, name, shardOf(file)];
    const wanted = {
      sessions: [of('fails (b)', 'reported-b'), of('visits (a)', 'reported-a'), of('visits (b)', 'reported-b')],
      leases: [of('takes turns (a)', 'reported-a'), of('takes turns (b)', 'reported-b')],
    };
    expect({ sessions: byTest(sessions), leases: byTest(leases) }).toEqual(wanted);
    const shown = page.runs[at]!;
    const inPage = { sessions: eventsIn(page, shown.sessions), leases: eventsIn(page, shown.leases) };
    expect({ sessions: byTest(inPage.sessions), leases: byTest(inPage.leases) }).toEqual(wanted);
    expect(new Set(sessions.map(({ pool, id }) => `${pool}/${id}`)).size).toBe(sessions.length);
    expect(sessions.filter(({ failed }) => failed).map((one) => told(one)[0])).toEqual(['fails (b)']);
    expect(summary).toMatchObject({
      pools: [{ name: 'echo', sessions: sessions.length }],
      leases: [{ name: 'turn', granted: leases.length }],
    });
  }

  const text = await command(folder, 'report', ...given);
  expect(text.stdout.match(/^run of .* in (?=\/)/gm)).toEqual([
    'run of vitest in ',
    'run of jest in ',
    'run of playwright in ',
    'run of carpool run in ',
  ]);
});
