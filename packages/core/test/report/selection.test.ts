/** What is selected on the page of `carpool report --html`, in a real browser: where the focus goes, and what is said of it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@carpool/test-harness/programs';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { htmlPage } from '../../src/cli/report/html.ts';
import { inChromium, pictures, template, timeout } from './in-chromium.ts';
import type { ChildEvent } from '../../src/base/timeline.ts';
import { childEvent } from '../support/timeline-events.ts';
import { cycle, madeUpRun } from './made-up-run.ts';
import { picture } from './page-looks.ts';

const run = madeUpRun({ sessions: 400 });

describe.skipIf(chromium.path === undefined)(`a selection, in Chromium${chromium.reason}`, { timeout }, () => {
  const file = join(pictures, 'selection.html');
  beforeAll(() => {
    mkdirSync(pictures, { recursive: true });
    writeFileSync(file, htmlPage(template, [run], { carpool: '1.2.0', now: Date.UTC(2026, 10, 29, 9) }));
  });
  const opened = inChromium(file);

  /** What has the focus: the place of a row, or else the id or the name. */
  const focused = (page: Page): Promise<string> =>
    page.evaluate(() => {
      const { activeElement: it } = document;
      const row = it?.getAttribute('data-at');
      if (typeof row === 'string') return `row ${row}`;
      return it?.id || it?.getAttribute('aria-label') || it?.textContent || 'nothing';
    });

  const ends: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
    ['Close', (page) => page.locator('#details').getByRole('button', { name: 'Close' }).click()],
    ['Escape', (page) => page.keyboard.press('Escape')],
  ];

  test.each(ends)('%s gives the focus back to the row of the table', async (_, end) => {
    const page = await opened();
    await page.locator('.table tbody tr[data-at="4"]').click();
    expect(await focused(page)).toBe('row 4');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await focused(page)).toBe('details');
    await end(page);
    expect(await page.locator('#details').isVisible()).toBe(false);
    expect(await focused(page)).toBe('row 5');
    // From there on.
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toBe('row 6');
  });

  test.each(ends)('%s gives the focus back to the timeline', async (_, end) => {
    const page = await opened();
    await page.locator('.lanes .u-over').click({ position: { x: 400, y: 40 } });
    await page.locator('#details').focus();
    await end(page);
    expect(await focused(page)).toBe('Timeline');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await focused(page)).toBe('details');
    await end(page);
    expect(await focused(page)).toBe('Timeline');
  });

  test.each(ends)('%s gives the focus back to the button that has shown it', async (_, end) => {
    const page = await opened();
    const button = page.locator('#waits button').first();
    await button.click();
    await page.locator('#details').focus();
    await end(page);
    expect(await button.evaluate((it) => it === document.activeElement)).toBe(true);
  });

  test('a link in the details leaves the focus there; a selection elsewhere, and its end, leave it where it is', async () => {
    const page = await opened();
    await page.locator('.lanes .u-over').click({ position: { x: 400, y: 40 } });
    await page.locator('#details .plain .link').first().focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#details .pairs').textContent()).toContain('Waited');
    expect(await focused(page)).toBe('details');
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('Timeline');

    await page.locator('.table tbody tr[data-at="4"]').click();
    await page.keyboard.press('Escape');
    expect(await page.locator('#details').isVisible()).toBe(false);
    expect(await focused(page)).toBe('row 4');
  });

  test('where a filter has taken the row away, the timeline has the focus', async () => {
    const page = await opened();
    await page.locator('.table tbody tr[data-at="4"]').click();
    await page.locator('#filter').fill('nothing has this name');
    await page.locator('#details').focus();
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('Timeline');
  });

  test('a deadlock is a finding, and shows its call with its cycle', async () => {
    const page = await opened();
    const text = `A deadlock: ${cycle.join('; ')}`;
    expect(await page.locator('#findings').textContent()).toContain(text);
    await page.getByRole('button', { name: `Show: ${text}` }).click();
    expect(await page.locator('#details h3').textContent()).toBe('orders › ships');
    for (const line of cycle) expect(await page.locator('#details').textContent()).toContain(line);
  });

  test('a child that was there before the run costs no start, and is told as such', async () => {
    const page = await opened();
    const row = page.locator('#pools tbody tr').filter({ has: page.getByRole('rowheader', { name: 'sheet' }) });
    // The pool "sheet" has no other child.
    expect((await row.locator('td').allTextContents())[7]).toBe('0 ms');
    await page.locator('#children').getByRole('button', { name: '5100' }).click();
    const told = await page.locator('#details .pairs').textContent();
    expect(told).toContain('Was therebefore the run');
    expect(told).not.toMatch(/From|To\d/);
    expect(await page.locator('#details .state').textContent()).toBe('goes on, for other runs');
    await page.locator('.lanes .scroller').focus();
    await page.keyboard.press('0');
    expect(await page.locator('#live').textContent()).toMatch(/^From 0 ms to /);
  });

  test('a child whose start is not known is not shown as starting; one that was never ready is shown as that alone', async () => {
    // In the order of the table: what has failed comes first.
    const lives: readonly Partial<ChildEvent>[] = [
      { pid: 7, ready: undefined, failure: 'it exited' },
      { pid: 8 },
      { pid: 9, startUnknown: true },
    ];
    const shown = [['starting'], ['starting', 'child'], ['child']];
    const path = join(pictures, 'start-unknown.html');
    const children = lives.map(childEvent);
    const only = { ...run, sessions: [], leases: [], children, duration: 1_000 };
    writeFileSync(path, htmlPage(template, [only], { carpool: '1.2.0', now: 0 }));
    const page = await opened('laptop', 'light', path);
    for (const [at, parts] of shown.entries()) {
      await page.locator('#children tbody button').nth(at).click();
      const pieces = await page.locator('#details .parts .part').all();
      expect(await Promise.all(pieces.map((piece) => piece.getAttribute('class')))).toEqual(
        parts.map((part) => `part p-${part}`),
      );
    }

    const drawn = async (given: Partial<ChildEvent>): Promise<string> => {
      writeFileSync(
        path,
        htmlPage(template, [{ ...only, children: [childEvent(given)] }], { carpool: '1.2.0', now: 0 }),
      );
      return await picture(await opened('laptop', 'light', path));
    };
    const atOnce = await drawn({ ready: 0 });
    expect(await drawn({ startUnknown: true })).toBe(atOnce);
    expect(await drawn({})).not.toBe(atOnce);
  });

  test('what is under the pointer says of a child that goes on that it does, and the times are those of the run', async () => {
    const page = await opened();
    const over = page.locator('.lanes .u-over');
    await over.scrollIntoViewIfNeeded();
    const tooltip = page.locator('#tooltip');
    await over.hover({ position: { x: 400, y: 40 } });
    await expect.poll(() => tooltip.textContent()).toContain('Child 5000');
    expect(await tooltip.textContent()).toMatch(/pool browser, ready after 640 ms, ended after [\d.]+ s\d+ sessions/);
    // It is on the machine of several runs: docs/machine.md.
    const rows = page.locator('.lanes .scroller');
    await page.locator('#children').getByRole('button', { name: '5100' }).click();
    await rows.scrollIntoViewIfNeeded();
    const seen = new Set<string | null>();
    const { height = 0 } = (await over.boundingBox()) ?? {};
    for (let y = 4; y < height; y += 8) {
      await over.hover({ position: { x: 300, y } });
      seen.add(await tooltip.textContent());
    }
    const [shared] = [...seen].filter((text) => text?.startsWith('Child 5100'));
    expect(shared).toMatch(
      /pool sheet, was there before the run, ready after 180 ms, goes on after the run\d+ sessions$/,
    );
    expect(await page.locator('#footer').textContent()).toMatch(/Times are from the begin of the run\.$/);
  });

  test('of several runs, a child has the sessions of its own run alone', async () => {
    const path = join(pictures, 'children-of-runs.html');
    const renamed = (text: string): string => `later ${text}`;
    const later = {
      ...run,
      header: { ...run.header, pid: 4712, zero: run.header.zero + 100 },
      sessions: run.sessions.map((one) => ({ ...one, test: renamed(one.test ?? '') })),
    };
    writeFileSync(path, htmlPage(template, [run, later], { carpool: '1.2.0', now: 0 }));
    const page = await opened('laptop', 'light', path);
    const buttons = page.locator('#children').getByRole('button', { name: '5001' });
    expect(await buttons.count()).toBe(2);
    const own = run.sessions.filter(({ child }) => child === 5_001).length;
    for (const [at, isLater] of [false, true].entries()) {
      await buttons.nth(at).click();
      const details = page.locator('#details');
      expect(await details.locator('h4').textContent()).toBe(`The first 12 of its ${own} sessions`);
      const tests = await details.locator('.plain .link').allTextContents();
      expect(tests.map((text) => text.startsWith('later '))).toEqual(tests.map(() => isLater));
      expect(await details.locator('.pairs').textContent()).toContain(`Runvitest, host ${isLater ? 4_712 : 4_711}`);
    }
  });

  test('the test files of sessions are those with sessions', async () => {
    const page = await opened();
    const sessions = page.locator('#tiles .tile').filter({ has: page.getByText('Sessions', { exact: true }) });
    // The file with the deadlock has none.
    const files = new Set(run.sessions.map((session) => session.file)).size;
    expect(await sessions.locator('.note').textContent()).toBe(`of ${files} test files`);
  });
});
