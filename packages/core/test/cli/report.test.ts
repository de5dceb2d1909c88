/** What `carpool report` writes and refuses. What its page shows is looked at in test/report. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { linux, posix } from '@carpool/test-harness/programs';
import { expect, onTestFinished, test, vi } from 'vitest';
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

/** One pixel, and much that is nothing. */
const png = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.alloc(60)]).toString(
  'base64',
);
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

test('of a run with a transcript, the page has the messages of its sessions', async () => {
  const file = written('run.jsonl', run);
  const header = {
    carpoolTranscript: 1,
    carpool: '1.2.0',
    folder: '/code/shop',
    pid: 4711,
    zero: run.header.zero + 100,
  };
  const lines = [
    header,
    { t: 200, s: 'browser/s1', e: 'open', pool: 'browser', protocol: 'p' },
    { t: 210.5, s: 'browser/s1', e: 'request', n: 1, m: { type: 'query', text: '</script>' } },
    { t: 212, s: 'browser/s1', e: 'reply', n: 1, m: { picture: { $bytes: png } } },
    { t: 900, e: 'end', dropped: 2 },
  ];
  const transcript = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  write('run.transcript.jsonl', transcript);
  expect(await carpool('report', file, '--html', 'page.html')).toMatchObject({ code: 0, stderr: '' });
  const [messages] = dataOf(join(place().path, 'page.html')).messages;
  expect(messages?.note).toContain('2 messages are not in the transcript');
  expect(messages?.sessions).toEqual([
    {
      session: 'browser/s1',
      before: 0,
      messages: [
        { t: 310.5, e: 'request', n: 1, text: '{type: "query", text: "</script>"}' },
        {
          t: 312,
          e: 'reply',
          n: 1,
          text: expect.stringMatching(/^\{picture: <Uint8Array \d+ bytes/),
          images: [`data:image/png;base64,${png}`],
        },
      ],
    },
  ]);

  await carpool('report', file, '--html', 'page.html', '--no-messages');
  expect(dataOf(join(place().path, 'page.html')).messages).toEqual([null]);

  write('run.transcript.jsonl', transcript.replace('"t":212', '"t":'));
  expect(await carpool('report', file, '--html', 'page.html')).toMatchObject({ code: 0, stderr: '' });
  const [damaged] = dataOf(join(place().path, 'page.html')).messages;
  expect(damaged?.note).toContain('its line 4 is damaged');
});

test.skipIf(!posix.holds)(
  `only its user can read a page, also where all could read the one before${posix.reason}`,
  async () => {
    const file = written('run.jsonl', run);
    const before = write('page.html', 'before');
    chmodSync(before, 0o666);
    for (const page of ['page.html', 'new.html']) {
      expect(await carpool('report', file, '--html', page)).toMatchObject({ code: 0, stderr: '' });
      expect(statSync(join(place().path, page)).mode & 0o777).toBe(0o600);
      expect(dataOf(join(place().path, page)).runs).toHaveLength(1);
    }
    expect(readdirSync(place().path).toSorted()).toEqual(['new.html', 'page.html', 'run.jsonl']);
  },
);

test('a transcript stands for the run beside it; one without its run is told', async () => {
  const files = [written('runs/a.jsonl', run), written('runs/b.jsonl', other)];
  const header = { carpoolTranscript: 1, carpool: '1.2.0', folder: '/code/shop', pid: 4711, zero: run.header.zero };
  const transcripts = ['runs/a.transcript.jsonl', 'runs/b.transcript.jsonl', 'c.transcript.jsonl', 'cut.jsonl'].map(
    (name) => write(name, `${JSON.stringify(header)}\n`),
  );
  const [ofFirst = '', ofOther = '', alone = '', cut = ''] = transcripts;
  // As `runs/*.jsonl` has them.
  for (const given of [[...files, ofFirst, ofOther].toSorted(), [ofFirst, ofOther]]) {
    const { code, stdout, stderr } = await carpool('report', ...given, '--html', 'page.html', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: `${join(place().path, 'page.html')}\n` });
    expect(JSON.parse(stdout)).toMatchObject({ runs: [{ file: files[0] }, { file: files[1] }] });
    const { runs, messages } = dataOf(join(place().path, 'page.html'));
    expect(runs).toHaveLength(2);
    expect(messages).toEqual([{ sessions: [] }, { sessions: [] }]);
  }
  for (const wrong of [alone, cut])
    expect(await carpool('report', files[0] ?? '', wrong)).toEqual({
      code: 1,
      stdout: '',
      stderr: `carpool: ${wrong}: this is a transcript, which \`carpool transcript FILE\` shows; a report is made of the timeline of a run, as \`carpool report --list\` names them\n`,
    });
  expect((await carpool('report', 'none.transcript.jsonl')).stderr).toMatch(
    /none\.[a-z.]*jsonl: there is no such file\n$/,
  );
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
  expect(await refused('none.jsonl')).toMatch(/none\.[a-z.]*jsonl: there is no such file\n$/);
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

test.skipIf(!linux.holds)(
  `where the page cannot be opened it is written, and that is said${linux.reason}`,
  async () => {
    const opener = write('bin/xdg-open', `#!${process.execPath}\nprocess.exit(3);\n`);
    chmodSync(opener, 0o755);
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv('PATH', `${dirname(opener)}${delimiter}${process.env['PATH']}`);
    const page = join(place().path, 'page.html');
    expect(await carpool('report', written('run.jsonl', run), '--html', page, '--open')).toEqual({
      code: 1,
      stdout: `${page}\n`,
      stderr: `carpool: Cannot open ${page}: xdg-open has ended with exit code 3\n`,
    });
  },
);
