/** What `carpool report` writes and refuses. What its page shows is looked at in test/report. */
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dataElement, type PageData } from '../../src/report/page-data.ts';
import { unpackRuns } from '../../src/report/packed-runs.ts';
import type { RecordedRun } from '../../src/report/recorded-run.ts';
import { madeUpRun } from '../report/made-up-run.ts';
import { place } from '../support/pools.ts';
import { carpool, write } from './carpool.ts';

/** The run as its host writes it. */
function written(name: string, { header, sessions, children, leases, duration }: RecordedRun): string {
  const lines = [header, ...sessions, ...children, ...leases, { event: 'end', over: duration, dropped: 0 }];
  return write(name, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

function dataOf(path: string): PageData {
  const [, json = ''] = readFileSync(path, 'utf8').split(`id="${dataElement}">`);
  return JSON.parse(json.slice(0, json.indexOf('</script>'))) as PageData;
}

const run = madeUpRun({ sessions: 30 });
const other: RecordedRun = { ...run, header: { ...run.header, pid: 4712, zero: run.header.zero + 1_000 } };

test('--html writes a page with all of the run, and prints its path alone', async () => {
  const file = written('run.jsonl', run);
  const page = join(place().path, 'out/page.html');
  const { code, stdout, stderr } = await carpool('report', file, '--html', page);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${page}\n`, stderr: '' });
  expect(unpackRuns(dataOf(page))).toEqual([JSON.parse(JSON.stringify(run))]);
  expect(dataOf(page)).toMatchObject({ omitted: 0 });
  const html = readFileSync(page, 'utf8');
  expect(html).toContain("default-src 'none'");
  // Its links are those of licenses and of namespaces; it loads nothing.
  expect(html).not.toMatch(/(?:src|href)="(?!#)/);
});

test('without a file it is beside the runs, and of the last of them', async () => {
  const { path } = place();
  const runs = join(path, 'node_modules/.cache/carpool/runs');
  mkdirSync(runs, { recursive: true });
  written('node_modules/.cache/carpool/runs/2026-01-01T00-00-01-000Z-1.jsonl', run);
  written('node_modules/.cache/carpool/runs/2026-01-01T00-00-02-000Z-1.jsonl', other);
  const { stdout } = await carpool('report', '--html');
  expect(stdout).toBe(`${join(runs, 'report.html')}\n`);
  expect(dataOf(join(runs, 'report.html')).runs.map(({ header }) => header.pid)).toEqual([4712]);
});

test('several runs are one page, one object and one trace', async () => {
  const files = [written('a.jsonl', run), written('b.jsonl', other), written('a.jsonl', run)];
  const { stdout } = await carpool('report', ...files, '--html', 'page.html', '--trace', 'trace.json', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    runs: [{ version: 1, file: files[0] }, { file: files[1] }],
  });
  expect(dataOf(join(place().path, 'page.html')).runs).toHaveLength(2);
  const { traceEvents } = JSON.parse(readFileSync(join(place().path, 'trace.json'), 'utf8')) as {
    traceEvents: TraceLine[];
  };
  const groups = traceEvents.filter(({ name }) => name === 'process_name').map(({ args }) => args.name);
  expect(groups).toContain('pool browser, host 4711');
  expect(groups).toContain('pool browser, host 4712');
  const first = (pid: number): number =>
    Math.min(...traceEvents.filter((one) => one.pid === pid).flatMap(({ ts }) => ts ?? []));
  expect(first(groups.length / 2 + 1) - first(1)).toBe(1_000_000);
  const text = await carpool('report', ...files.slice(0, 2));
  expect(text.stdout.match(/^run of vitest/gm)).toHaveLength(2);
});

test('what cannot be read or written is one sentence, and fails', async () => {
  const good = written('run.jsonl', run);
  const damaged = write('damaged.jsonl', `${JSON.stringify(run.header)}\n{"event":\n{}\n`);
  const large = write('large.jsonl', '');
  truncateSync(large, 3 * 1024 ** 3);
  write('folder/file', '');
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await carpool('report', ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    return stderr;
  };
  expect(await refused(good, damaged, '--html', 'page.html')).toContain('damaged.jsonl: line 2 is damaged');
  expect(existsSync(join(place().path, 'page.html'))).toBe(false);
  expect(await refused(large)).toContain('it has 3072 MiB, and the timeline of a run has no more than 64');
  expect(await refused('none.jsonl')).toContain('ENOENT');
  expect(await refused(good, '--html', 'folder/file/page.html')).toMatch(/the page cannot be written: E/);
  expect(await refused(good, '--trace', 'folder')).toMatch(/the trace cannot be written: EISDIR/);
  writeFileSync(good, '');
  expect(await refused(good, '--html')).toContain('it is not the timeline of a run');
});

interface TraceLine {
  readonly name: string;
  readonly pid: number;
  readonly ts?: number;
  readonly args: { readonly name?: string };
}
