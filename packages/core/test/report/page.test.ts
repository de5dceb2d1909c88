/** The page of `carpool report --html`, in a real browser: as it looks at three sizes, and what can be done with it. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@carpool/test-harness/programs';
import { beforeAll, describe, expect, test } from 'vitest';
import { htmlPage } from '../../src/cli/report/html.ts';
import { inChromium, live, pictures, template, timeout } from './in-chromium.ts';
import { madeUpRun } from './made-up-run.ts';
import { colours, overlapping, picture, violations } from './page-looks.ts';

const run = madeUpRun({ sessions: 10_000 });
const calls = run.sessions.length + run.leases.length;

describe.skipIf(chromium.path === undefined)(`the page, in Chromium${chromium.reason}`, { timeout }, () => {
  const file = join(pictures, 'page.html');
  beforeAll(() => {
    mkdirSync(pictures, { recursive: true });
    writeFileSync(file, htmlPage(template, [run], { carpool: '1.2.0', now: Date.UTC(2026, 10, 29, 9) }));
  });
  const opened = inChromium(file);

  describe.each(['light', 'dark'] as const)('in %s colours', (scheme) => {
    test.each(['phone', 'laptop', 'wide screen'] as const)(
      'at the size of a %s it fits, and nothing is over anything else',
      async (size) => {
        const page = await opened(size, scheme);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
        expect(await overlapping(page)).toEqual([]);
        // It is drawn: the colours of sessions and of waits are in the canvas.
        const drawn = await colours(page);
        expect(drawn.size).toBeGreaterThan(20);
        await page.screenshot({ path: join(pictures, `${size}-${scheme}.png`) });
      },
    );

    test('axe finds nothing that keeps anyone out', async () => {
      const page = await opened('laptop', scheme);
      await page.locator('.table tbody tr[data-at="4"]').click();
      expect(await violations(page)).toEqual([]);
    });
  });

  test('keys zoom, pan and select, and what they do is said', async () => {
    const page = await opened();
    await page.locator('.lanes .scroller').focus();
    const whole = `From 0 ms to ${Math.floor(run.duration / 60_000)} min`;
    await page.keyboard.press('0');
    expect(await live(page)).toContain(whole);
    for (let times = 0; times < 6; times++) await page.keyboard.press('+');
    const near = (await live(page)) ?? '';
    expect(near).not.toContain(whole);
    await page.keyboard.press('Shift+ArrowRight');
    expect(await live(page)).not.toBe(near);
    for (let times = 0; times < 7; times++) await page.keyboard.press('-');
    expect(await live(page)).toContain(whole);

    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const second = run.sessions.toSorted((a, b) => a.since - b.since)[1];
    expect(await live(page)).toContain(second?.test);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('details');
    await page.keyboard.press('Escape');
    expect(await page.locator('#details').isVisible()).toBe(false);
    await page.keyboard.press('?');
    expect(await page.locator('#keys').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('filter');
  });

  test('a filter is for the timeline and the table', async () => {
    const page = await opened();
    const before = await picture(page);
    await page.locator('#filter').fill('admin/USERS removes');
    const wanted = [...run.sessions, ...run.leases].filter(
      ({ test: name }) => name?.includes('admin/users') === true && name.includes('removes'),
    );
    await expect.poll(() => page.locator('#count').textContent()).toContain(`${wanted.length} of `);
    await expect.poll(() => picture(page)).not.toBe(before);
    await page.locator('select[aria-label="Which calls"]').selectOption('failed');
    const failed = wanted.filter((one) => one.event === 'session' && one.failed === true).length;
    await expect.poll(() => page.locator('#count').textContent()).toContain(`${failed} of `);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('#count').textContent()).toBe(`${calls.toLocaleString('en')} calls`);
    await page.locator('#filter').fill('nothing has this name');
    await expect.poll(() => page.locator('.table tbody').textContent()).toContain('Nothing matches the filter');
  });

  test('a click on the timeline, a drag and a double-click', async () => {
    const page = await opened();
    const over = page.locator('.lanes .u-over');
    // Below the name of the pool is its first child.
    await over.click({ position: { x: 400, y: 40 } });
    expect(await page.locator('#details h3').textContent()).toBe('Child 5000');
    expect(await live(page)).toContain('pool browser');
    await page.locator('#details .plain .link').first().click();
    expect(await page.locator('#details .pairs').textContent()).toContain('Waited');
    const before = await picture(page);
    await over.scrollIntoViewIfNeeded();
    await over.hover({ position: { x: 100, y: 60 } });
    await page.mouse.down();
    await over.hover({ position: { x: 160, y: 60 } });
    await page.mouse.up();
    await expect.poll(() => picture(page)).not.toBe(before);
    await over.dblclick({ position: { x: 300, y: 60 } });
    await page.locator('.lanes .scroller').focus();
    await page.keyboard.press('ArrowRight');
    expect(await live(page)).toContain('From 0 ms');
  });

  test('the table is sorted and gone through with the keyboard, and has few rows as elements', async () => {
    const page = await opened();
    await page.getByRole('button', { name: 'Waited' }).click();
    const first = page.locator('.table tbody tr[data-at="0"]');
    const longest = run.sessions.toSorted((a, b) => waited(b) - waited(a))[0];
    expect(await first.locator('.c-title').textContent()).toBe(longest?.test);
    expect(await page.locator('.table th[aria-sort]').getAttribute('aria-sort')).toBe('descending');
    await first.focus();
    await page.keyboard.press('End');
    const focused = (): Promise<string | null> =>
      page.evaluate(() => document.activeElement?.getAttribute('aria-rowindex') ?? null);
    await expect.poll(focused).toBe(String(calls + 1));
    expect(await page.locator('.table tbody tr').count()).toBeLessThan(60);
    await page.keyboard.press('ArrowUp');
    await expect.poll(focused).toBe(String(calls));
    await page.keyboard.press('Enter');
    expect(await page.locator('#details').isVisible()).toBe(true);
    expect(await page.locator('.table').getByRole('grid').getAttribute('aria-rowcount')).toBe(String(calls + 1));
  });

  test('markup in the names of tests is text', async () => {
    const page = await opened();
    await page.locator('#filter').fill('<b>markup</b>');
    await expect.poll(() => page.locator('.table tbody').textContent()).toContain('<b>markup</b>');
    expect(await page.locator('body b').count()).toBe(0);

    const hostile =
      "</script><script>globalThis.isRun = true</script><img src=x onerror='globalThis.isRun = true'>\u2028";
    const path = join(pictures, 'hostile.html');
    const session = { ...run.sessions[0]!, test: hostile, file: hostile, pool: hostile };
    writeFileSync(
      path,
      htmlPage(template, [{ ...run, sessions: [session], children: [], leases: [] }], { carpool: hostile, now: 0 }),
    );
    const other = await opened('laptop', 'light', path);
    expect(await other.locator('.table .c-title').last().textContent()).toBe(hostile);
    expect(await other.evaluate(() => 'isRun' in globalThis)).toBe(false);
  });

  test('it goes through 10,000 sessions without long pauses', async () => {
    const page = await opened();
    await page.evaluate(() => {
      const long: number[] = [];
      Object.assign(globalThis, { long });
      new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({
        type: 'longtask',
      });
    });
    await page.locator('.lanes .scroller').focus();
    for (const key of ['+', '+', '+', 'ArrowRight', 'ArrowRight', '-', 'ArrowLeft', '-', 'ArrowDown', 'ArrowDown'])
      for (let times = 0; times < 3; times++) await page.keyboard.press(key);
    for (let at = 1; at <= 20; at++) {
      await page.locator('.table .scroller').evaluate((element, top) => element.scrollTo(0, top), at * 15_000);
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    const long = await page.evaluate(() => (globalThis as unknown as { long: number[] }).long);
    // Fifty steps. On a busy machine some take long, whatever they do.
    expect(long.filter((duration) => duration > 250).length).toBeLessThan(10);
  });

  test('what a session has said is with it, pictures too; otherwise it says how to keep that', async () => {
    const page = await opened();
    await page.locator('.table tbody tr[data-at="0"]').click();
    expect(await page.locator('#details').textContent()).toContain('run the tests with CARPOOL_TRANSCRIPT=1');

    const path = join(pictures, 'messages.html');
    const png = await page.screenshot({ clip: { x: 0, y: 0, width: 60, height: 40 } });
    const [first] = run.sessions.toSorted((a, b) => a.since - b.since);
    const session = `${first?.pool}/${first?.id}`;
    const hostile = '<img src=x onerror=alert(1)>';
    const messages = {
      sessions: [
        {
          session,
          before: 3,
          messages: [
            { t: (first?.since ?? 0) + 4, e: 'request', n: 7, text: `{type: "screenshot", of: "${hostile}"}` },
            {
              t: (first?.since ?? 0) + 9,
              e: 'reply',
              n: 7,
              text: '{picture: …}',
              images: [`data:image/png;base64,${png.toString('base64')}`],
            },
          ],
        },
      ],
      note: 'Two are not there.',
    };
    writeFileSync(path, htmlPage(template, [run], { carpool: '1.2.0', now: 0, messages: [messages] }));
    const other = await opened('laptop', 'dark', path);
    await other.locator('.table tbody tr[data-at="0"]').click();
    const rows = other.locator('.messages li');
    expect(await rows.allTextContents()).toEqual([
      expect.stringContaining(`→ request 7+4 ms{type: "screenshot", of: "${hostile}"}`),
      expect.stringContaining('← reply 7+9 ms'),
    ]);
    expect(await other.locator('#details').textContent()).toContain('3 messages before these are left out');
    expect(await other.locator('.messages img').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(60);
    const thumb = other.getByRole('button', { name: 'Picture in the message' });
    await thumb.click();
    expect(await thumb.getAttribute('aria-expanded')).toBe('true');
    expect(await violations(other)).toEqual([]);
    await other.screenshot({ path: join(pictures, 'messages.png') });
  });

  test('several runs are one page, and a run with nothing reads as well', async () => {
    const path = join(pictures, 'merged.html');
    const small = madeUpRun({ sessions: 40 });
    const later = { ...small, header: { ...small.header, runner: 'jest', pid: 4712, zero: small.header.zero + 5_000 } };
    writeFileSync(path, htmlPage(template, [small, later], { carpool: '1.2.0', now: 0 }));
    const page = await opened('laptop', 'light', path);
    expect(await page.locator('#runs li').allTextContents()).toEqual([
      expect.stringContaining('host 4711'),
      expect.stringContaining('jest'),
    ]);
    expect(await page.locator('#pools').textContent()).toContain('jest, host 4712: browser');
    expect(await page.locator('#footer').textContent()).toContain('Times are from the begin of the first run.');

    const empty = join(pictures, 'empty.html');
    writeFileSync(
      empty,
      htmlPage(template, [{ ...run, sessions: [], children: [], leases: [], duration: 0 }], {
        carpool: '1.2.0',
        now: 0,
      }),
    );
    const other = await opened('phone', 'dark', empty);
    expect(await other.locator('#pools').textContent()).toContain('No test had a session');
    expect(await overlapping(other)).toEqual([]);
  });

  test('it is printed, light, with the begin of its table', async () => {
    const page = await opened('laptop', 'dark');
    const before = await page.locator('.table tbody tr').count();
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.table tbody').textContent()).toContain('others, which are not printed');
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await page.locator('.table tbody tr').count()).toBe(before);
    const pdf = await page.pdf({ format: 'A4', landscape: true, path: join(pictures, 'page.pdf') });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(existsSync(join(pictures, 'page.pdf'))).toBe(true);
  });
});

function waited({
  since,
  granted,
  over,
}: {
  readonly since: number;
  readonly granted?: number | undefined;
  readonly over: number;
}): number {
  return (granted ?? over) - since;
}
