/** `carpool watch --web`: the page in a real browser, and what is refused. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { chromium } from '@carpool/test-harness/programs';
import { chromium as browserType, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { PageEvent } from '../../src/cli/watch/page/events.ts';
import { ask, interrupt, served } from './watched-page.ts';

/** Milliseconds: a browser on a busy machine. */
const timeout = 90_000;
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const html = '<img src=x onerror="document.title=1"><b>adds</b>';

test('who has the address reads the page; a wrong token, another name and another origin are refused', async () => {
  const page = await served();
  const { address } = page;
  const { status, headers, body } = await ask(address);
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(headers['content-security-policy']).toMatch(
    /^default-src 'none'; script-src 'sha256-[^;]+; style-src 'sha256-[^;]+; .*connect-src 'self'; frame-ancestors 'none'$/,
  );
  expect(headers['access-control-allow-origin']).toBeUndefined();
  expect(body).toContain('<title>carpool watch</title>');
  const { origin, pathname, port } = new URL(address);
  const statusOf = async (...asked: Parameters<typeof ask>): Promise<unknown> => (await ask(...asked)).status;
  expect(await statusOf(origin)).toBe(403);
  expect(await statusOf(`${origin}/${'A'.repeat(43)}/`)).toBe(403);
  expect(await statusOf(`${origin}/${'A'.repeat(43)}/status`)).toBe(403);
  expect(await statusOf(`${origin}${pathname.slice(0, -2)}/`)).toBe(403);
  for (const host of ['evil.example', `evil.example:${port}`, `localhost:${port}`, '127.0.0.1'])
    expect(await statusOf(address, { host })).toBe(403);
  expect(await statusOf(address, { origin: 'http://evil.example' })).toBe(403);
  expect(await statusOf(address, { method: 'POST' })).toBe(405);
  expect(await statusOf(`${address}nothing`)).toBe(404);
  expect(await statusOf(`${address}messages`)).toBe(404);
  expect((await ask(`${origin}/${'A'.repeat(43)}/`)).body).not.toContain('script');
  await interrupt(page);
  await expect(ask(address)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

describe.skipIf(chromium.path === undefined)(`in Chromium${chromium.reason}`, { timeout }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await browserType.launch({ executablePath: chromium.path ?? '', args: ['--no-sandbox'] });
  }, timeout);
  afterAll(() => browser?.close());

  /** The test fails if the page logs anything, throws, or asks for anything of another origin. */
  async function opened(address: string, colorScheme: 'dark' | 'light' = 'light', width = 1280): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on(
      'request',
      (asked) => asked.url().startsWith(address) || asked.url().startsWith('data:') || faults.push(asked.url()),
    );
    onTestFinished(async () => {
      await page.close();
      expect(faults).toEqual([]);
    });
    await page.goto(address);
    return page;
  }

  test('sessions with their tests, as texts; keys, a filter, sorting, and the messages of one as they pass', async () => {
    const all = await served();
    const { client, address } = all;
    const talks = await client.register('echoes', { holder: { test: html, file: 'cart.test.ts' } });
    const waits = client.register('echoes', { holder: { test: 'waits for it' }, wait: true });
    waits.catch(() => {}); // where the test fails before it looks
    const page = await opened(address);
    const row = page.locator('tbody tr', { hasText: /^s1/ });
    await row.waitFor();
    expect(await row.locator('td').nth(4).textContent()).toBe(html);
    expect(await page.locator('td b, td img').count()).toBe(0);
    expect(await page.title()).toMatch(/^host of a run, pid \d+$/);
    await page.getByText('1/1 slots, 1 child, 0 locks, 1 waiting').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(2);
    await page.keyboard.press('/');
    await page.keyboard.type('waits for');
    await page.locator('tbody tr', { hasText: /^s1/ }).waitFor({ state: 'detached' });
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.locator('#filter').fill('');
    await page.keyboard.press('Escape');
    await row.waitFor();
    await page.getByRole('button', { name: 'Session' }).click();
    expect(await page.locator('th[aria-sort="ascending"]').textContent()).toBe('Session ↑');
    await page.getByRole('tab', { name: 'Pools and children' }).click();
    await page.locator('tbody tr', { hasText: 'serving' }).waitFor();
    await page.getByRole('tab', { name: 'Sessions' }).click();
    await row.click();
    await page.getByRole('heading', { name: 'echoes s1' }).waitFor();
    // What passes before the page follows the session is among what was said before.
    let sent = 0;
    const passing = page.locator('#messages li.in', { hasText: 'password' });
    await expect
      .poll(async () => {
        await talks.request({ type: 'query', n: ++sent, html, password: 'hunter2hunter2' });
        return await passing.count();
      })
      .toBeGreaterThan(0);
    expect(await page.locator('#messages').textContent()).not.toContain('hunter2');
    expect(await page.locator('#messages img').count()).toBe(0);
    await talks.unregister();
    await page.getByText('has ended').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#detail').waitFor({ state: 'hidden' });
    (await waits).unregister().catch(() => {});
    await interrupt(all);
    await page.getByText('`carpool watch` has ended').waitFor();
  });

  test('a second click on a row keeps what is shown; why messages are refused stays, and is announced alone', async () => {
    const all = await served();
    const talks = await all.client.register('echoes', { holder: { test: 'talks' } });
    await talks.request({ type: 'query', n: 'before' });
    const page = await opened(all.address);
    const row = page.locator('tbody tr', { hasText: /^s1/ });
    await row.click();
    const before = page.locator('#messages li.before', { hasText: 'before' });
    await before.first().waitFor();
    const count = await before.count();
    await row.click();
    await talks.request({ type: 'query', n: 'after' });
    await page.locator('#messages li.in', { hasText: 'after' }).waitFor();
    expect(await before.count()).toBe(count);
    await page.getByRole('button', { name: 'Close' }).click();
    expect(await row.evaluate((one) => one === document.activeElement)).toBe(true);
    const refusal: PageEvent = { type: 'fault', text: 'they are refused' };
    await page.route('**/messages?*', (route) =>
      route.fulfill({ contentType: 'text/event-stream', body: `data: ${JSON.stringify(refusal)}\n\n` }),
    );
    await page.keyboard.press('Enter');
    const status = page.getByRole('status');
    await status.getByText('they are refused').waitFor();
    const waits = all.client.register('echoes', { holder: { test: 'comes later' }, wait: true });
    waits.catch(() => {});
    await page.locator('tbody tr', { hasText: 'comes later' }).waitFor();
    expect(await status.allTextContents()).toEqual(['they are refused']);
    await page.keyboard.press('Escape');
    await page.getByText('1/1 slots, 1 child').waitFor();
    expect(await row.evaluate((one) => one === document.activeElement)).toBe(true);
    expect(await status.allTextContents()).toEqual(['']);
    await interrupt(all);
  });

  test('arrows in the list of tables move the focus with the selection', async () => {
    const all = await served();
    const page = await opened(all.address);
    await page.getByRole('tab', { name: 'Sessions' }).focus();
    const focused = (): Promise<string[]> => page.locator('[role="tab"][aria-selected="true"]:focus').allTextContents();
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toEqual(['Pools and children']);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toEqual(['Runs']);
    await interrupt(all);
  });

  test.each(['light', 'dark'] as const)('in %s colours it can be read by all, wide and narrow', async (scheme) => {
    const all = await served();
    const talks = await all.client.register('echoes', { holder: { test: 'adds', file: 'cart.test.ts' } });
    await talks.request({ type: 'query', text: 'long '.repeat(100) });
    const waits = all.client.register('echoes', { holder: { test: 'waits' }, wait: true });
    waits.catch(() => {});
    for (const width of [1280, 400]) {
      const page = await opened(all.address, scheme, width);
      await page.locator('tbody tr', { hasText: /^s1/ }).click();
      await page.locator('#messages li').first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await page.evaluate(readFileSync(axe, 'utf8'));
      const found = await page.evaluate(async () => {
        const { axe: checker } = globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        return (await checker.run()).violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`,
        );
      });
      expect(found).toEqual([]);
    }
    await interrupt(all);
  });

  test('the end of the host is said there, and ends the command', async () => {
    const { host, client, watching, address } = await served();
    const page = await opened(address);
    await page.getByText('no sessions').waitFor();
    client.close();
    await host.stop();
    expect(await watching.ended).toMatchObject({ code: 0, stderr: 'carpool: the host has ended\n' });
    await page.getByText('the host has ended').waitFor();
  });
});
