/** What Playwright's HTML report and its traces have of the evidence of a failed test: as data, and in a real browser. */
import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { Outcome } from '@carpool/test-harness';
import { evidence, messages, secret, set, stderr, times, unnumbered } from '@carpool/test-harness/html-evidence';
import { chromium } from '@carpool/test-harness/programs';
import type { SessionEvidence } from 'carpool/adapter/test-process';
import { unzipSync } from 'fflate';
import { chromium as browserType } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Project } from './harness.ts';

/** With its text, or where that is: a file beside the page, or an entry of the trace. */
interface Attachment {
  readonly name: string;
  readonly contentType: string;
  readonly body?: string;
  readonly path?: string;
  readonly file?: string;
}

interface Attempt {
  readonly errors: readonly { readonly message: string }[];
  readonly attachments: readonly Attachment[];
}

interface Case {
  readonly testId: string;
  readonly title: string;
  readonly results: readonly Attempt[];
}

/** The entries of a zip file by name, as text. */
function unzipped(zip: Uint8Array): ReadonlyMap<string, string> {
  return new Map(Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
}

const isEvidence = ({ name }: Attachment): boolean => name === 'carpool';

/** What the evidence says of each session. */
function sessionsIn({ body = '' }: Attachment): readonly SessionEvidence[] {
  const sessions = JSON.parse(body) as readonly SessionEvidence[];
  return sessions.map((each) => ({
    ...each,
    messages: each.messages?.map(unnumbered),
    stderr: each.stderr?.trimEnd(),
  }));
}

/** The texts of it that a trace has. */
function tracedIn(trace: Uint8Array): readonly (string | undefined)[] {
  const entries = unzipped(trace);
  const events = (entries.get('test.trace') ?? '').split('\n').filter((line) => line !== '');
  const attached = events.flatMap((line) => (JSON.parse(line) as Partial<Attempt>).attachments ?? []);
  return attached.filter(isEvidence).map(({ file = '' }) => entries.get(file));
}

const options = { env: { PLAYWRIGHT_HTML_OPEN: 'never' } };

/** Two of the same tests. */
const runs = {
  'of a run': async (project: Project) => await project.run(['--trace=on', '--reporter=html'], options),
  'of reports that are merged': async (project: Project) => {
    const outcome = await project.run(['--trace=on', '--reporter=blob'], options);
    await project.start(['merge-reports', '--reporter=html', 'blob-report'], options).outcome;
    return outcome;
  },
};

describe.each(Object.entries(runs))('the HTML report %s', (_title, run) => {
  let project: Project;
  let outcome: Outcome;
  let page = '';
  let data: ReadonlyMap<string, string>;
  let cases: readonly Case[];

  beforeAll(async () => {
    project = new Project('html-report');
    outcome = await run(project);
    page = project.read('playwright-report/index.html');
    const [, zip = ''] = /<template id="playwrightReportBase64">data:application\/zip;base64,([^<]+)/.exec(page) ?? [];
    data = unzipped(Buffer.from(zip, 'base64'));
    const files = [...data].filter(([name]) => name !== 'report.json');
    cases = files.flatMap(([, text]) => (JSON.parse(text) as { readonly tests: readonly Case[] }).tests);
  }, 180_000);
  afterAll(() => project[Symbol.dispose]());

  test('has the evidence of each attempt that failed as one attachment, whole, and once in its error; nothing of others', () => {
    expect(outcome).toMatchObject({ code: 1, complaint: undefined, left: [] });
    const found = cases.map(({ title, results }) => [
      title,
      results.map(({ attachments }) => attachments.filter(isEvidence).map(({ contentType }) => contentType)),
    ]);
    const one = ['application/json'];
    expect(found).toEqual([
      ['must fail: a reply', [one]],
      ['must fail: by itself', [one]],
      ['passes', [[]]],
      ['passes when it is tried again', [one, []]],
    ]);

    const attempts = cases.flatMap(({ results }) => results);
    const sessions = attempts.flatMap(({ attachments }) => attachments.filter(isEvidence).flatMap(sessionsIn));
    expect(sessions.map((each) => [each.pool, each.messages])).toEqual([
      ['echo', messages],
      ['echo', set('"said before it threw"')],
      ['echo', set('0')],
    ]);
    expect(sessions[0]?.stderr).toBe(stderr);

    const errors = attempts.map((each) =>
      unnumbered(stripVTControlCharacters(each.errors.map(({ message }) => message).join('\n'))),
    );
    expect(errors.map((text) => times(text, '── echo, session s ──'))).toEqual([1, 1, 0, 1, 0]);
    expect(times(errors[0] ?? '', evidence)).toBe(1);
    expect(errors[1]).toContain('thrown by the test\n\n── echo, session s ──\nlast messages:\n');
  });

  test('has a trace of each attempt, with the same attachment, once', () => {
    const attempts = cases.flatMap(({ results }) => results);
    expect(attempts).toHaveLength(5);
    for (const { attachments } of attempts) {
      const traces = attachments.filter(({ name }) => name === 'trace');
      expect(traces).toEqual([expect.objectContaining({ path: expect.stringMatching(/^data\/.*\.zip$/) })]);
      const traced = traces.map(({ path = '' }) => tracedIn(readFileSync(project.path(`playwright-report/${path}`))));
      expect(traced).toEqual([attachments.filter(isEvidence).map(({ body }) => body)]);
    }
  });

  test('has no secret, nor has a file beside it', () => {
    const files = readdirSync(project.path('playwright-report/data')).flatMap((name) => {
      const bytes = readFileSync(project.path(`playwright-report/data/${name}`));
      return name.endsWith('.zip') ? [...unzipped(bytes).values()] : [bytes.toString()];
    });
    const texts = [page, ...data.values(), ...files];
    expect(texts.filter((text) => text.includes('password=[redacted]')).length).toBeGreaterThan(1);
    expect(texts.filter((text) => text.includes(secret))).toEqual([]);
  });

  test.skipIf(chromium.path === undefined)(`shows it in its page${chromium.reason}`, async () => {
    const [first] = cases;
    await using browser = await browserType.launch({ executablePath: chromium.path ?? '', args: ['--no-sandbox'] });
    const shown = await browser.newPage();
    const faults: string[] = [];
    shown.on('pageerror', (error) => faults.push(String(error)));
    // Served, because it fetches what is beside it.
    await shown.route(/^http:\/\/report\.test\/(?:index\.html|data\/)/, (route, request) =>
      route.fulfill({ path: project.path(`playwright-report${new URL(request.url()).pathname}`) }),
    );
    await shown.goto(`http://report.test/index.html#?testId=${first?.testId}`);

    // More than one is an error.
    const error = shown.locator('.test-error-view');
    expect(times(unnumbered((await error.textContent()) ?? ''), evidence)).toBe(1);
    expect(await shown.locator('b', { hasText: 'markup' }).count()).toBe(0);

    const attached = shown.getByTestId('attachments').locator('details');
    expect((await attached.locator('summary').innerText()).trim()).toBe('carpool');
    await attached.locator('summary').click();
    const body = attached.locator('.attachment-body');
    await body.waitFor();
    expect(await body.textContent()).toBe(first?.results[0]?.attachments.find(isEvidence)?.body);
    expect(await shown.content()).not.toContain(secret);
    expect(faults).toEqual([]);
  });
});
