/** What Vitest's HTML report has of the evidence of a failed test: its data, and its page in a real browser. */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { evidence, secret, times, unnumbered } from '@carpool/test-harness/html-evidence';
import { chromium } from '@carpool/test-harness/programs';
import { parse } from 'flatted';
import { chromium as browserType } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Project } from './harness.ts';

/** What is read of a test, or of what has tests. */
interface Task {
  readonly name: string;
  readonly tasks?: readonly Task[];
  readonly annotations?: readonly {
    readonly type: string;
    readonly message: string;
    readonly attachment: { readonly contentType: string; readonly body: string };
  }[];
  readonly result?: {
    readonly errors?: readonly { readonly message: string; readonly diff?: string; readonly stack?: string }[];
  };
}

const line = 'evidence of echo, attached for reports';

function testsOf(task: Task): readonly Task[] {
  return task.tasks?.flatMap(testsOf) ?? [task];
}

/** Everything that reports show of the errors of a test. */
function errorsOf({ result }: Task): string {
  return (result?.errors ?? []).map(({ message, diff = '', stack = '' }) => `${message}\n${diff}\n${stack}`).join('\n');
}

/** Two of the same run: the data in a file of its own, and all in one file. */
const runs = {
  'of a run': async (project: Project) => await project.run(['--config=html.config.ts']),
  'of reports that are merged': async (project: Project) => {
    await project.run(['--config=html.config.ts', '--reporter=blob']);
    return await project.run(['--config=html.config.ts', '--merge-reports']);
  },
};

describe.each(Object.entries(runs))('the HTML report %s', { timeout: 90_000 }, (_title, run) => {
  let project: Project;
  let terminal = '';
  beforeAll(async () => {
    project = new Project(5, 'html-report');
    const { stdout, stderr } = await run(project);
    terminal = stdout + stderr;
  }, 90_000);
  afterAll(() => project[Symbol.dispose]());

  test('has the evidence of a test that failed as one annotation, whole, and once in its error; nothing of others', () => {
    expect(terminal).toMatch(/Report is generated[^]*Report is generated/);
    const data = gunzipSync(readFileSync(project.path('with-files/ui/html.meta.json.gz'))).toString();
    expect(data).not.toContain(secret);
    const { files } = parse(data) as { readonly files: readonly Task[] };
    const tests = files.flatMap(testsOf);

    const annotated = tests.map(({ name, annotations = [] }) => [
      name,
      annotations.map(({ type, message, attachment: { contentType } }) => [type, message, contentType]),
    ]);
    const its = ['carpool', line, 'text/plain;charset=utf-8'];
    expect(annotated).toEqual([
      ['must fail: a reply', [its]],
      ['must fail: by itself', [its]],
      ['passes', []],
      ['passes when it is tried again', []],
    ]);

    const [first, second] = tests.map(({ annotations = [] }) =>
      annotations.map(({ attachment }) => Buffer.from(attachment.body, 'base64').toString()).join('\n'),
    );
    expect(unnumbered(first ?? '')).toBe(`${evidence}\n`);
    expect(second).toContain('"said before it threw"');
    expect(first).not.toContain('"said before it threw"');

    const errors = tests.map((task) => unnumbered(errorsOf(task)));
    expect(errors.map((text) => times(text, '── echo, session s ──'))).toEqual([1, 1, 0, 0]);
    expect(times(errors[0] ?? '', evidence)).toBe(1);
    expect(errors[1]).toContain('thrown by the test\n\n── echo, session s ──\nlast messages:\n');
  });

  test.skipIf(chromium.path === undefined)(`shows it in its page${chromium.reason}`, async () => {
    const address = pathToFileURL(project.path('one-file/index.html')).href;
    await using browser = await browserType.launch({ executablePath: chromium.path ?? '', args: ['--no-sandbox'] });
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    // It asks for a font.
    await page.route(/^https?:/, (route) => route.abort());
    await page.goto(address);
    await page.getByText('must fail: a reply').click();
    await page.getByText('Test Annotations').waitFor();

    const shown = unnumbered(await page.locator('body').innerText());
    expect(times(shown, evidence)).toBe(1);
    // The annotation is beside the error. Not counted: `task.meta`, where each message is quoted.
    expect(times(shown, line)).toBe(1);
    expect(times(shown, '→ {type: "set", value: "said last"}')).toBe(1);
    expect(await page.content()).not.toContain(secret);

    const attached = page.locator('a[href^="data:"]');
    expect(await attached.count()).toBe(1);
    const text = await attached.evaluate(async (link) => await (await fetch(link.getAttribute('href') ?? '')).text());
    expect(unnumbered(text)).toBe(`${evidence}\n`);

    await page.getByText('passes', { exact: true }).click();
    await page.waitForURL(/test=[^&]*_2/);
    await page.getByText(line).waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
  });
});
