/** `carpool watch --web`: the page in a real browser, and what is refused. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { chromium, posix } from '@carpool/test-harness/programs';
import { chromium as browserType, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { HostClient } from '../../src/client/client.ts';
import type { RunHost } from '../../src/main-process/run-host.ts';
import { place, program, until } from '../support/pools.ts';
import { configured, onMachine, run, worker } from '../machine/support.ts';
import { start, write, type Running } from './carpool.ts';

/** Milliseconds: a browser on a busy machine. */
const timeout = 90_000;
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const html = '<img src=x onerror="document.title=1"><b>adds</b>';

interface Served {
  readonly host: RunHost;
  readonly client: HostClient;
  readonly watching: Running;
  readonly address: string;
}

/** A run with a session, one that waits, and the page of its host. */
async function served(...args: string[]): Promise<Served> {
  onMachine();
  configured({ pools: { echoes: program('echo', { maxSessions: 1 }) } });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const { pid } = await client.ask({ method: 'status' }, 5_000);
  const watching = start('watch', '--web', '--host', String(pid), ...args);
  const [line = ''] = await Promise.race([
    new Promise<string[]>((resolve) =>
      createInterface({ input: watching.process.stdout! }).once('line', (said) => resolve([said])),
    ),
    watching.ended.then(({ stderr }) => Promise.reject(new Error(stderr))),
  ]);
  const [address] = /http:\S+$/.exec(line) ?? [];
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/$/);
  return { host, client, watching, address: address ?? '' };
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function ask(address: string, { method = 'GET', ...headers }: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = httpRequest(address, { method, headers }, (answer) => {
      void text(answer).then((body) => resolve({ status: answer.statusCode, headers: answer.headers, body }));
    });
    asking.once('error', reject);
    asking.end();
  });
}

async function interrupt({ watching }: Served): Promise<void> {
  watching.process.kill('SIGINT');
  expect(await watching.ended).toMatchObject({ code: 0, stderr: '' });
}

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

test.skipIf(!posix.holds)(
  `--open starts the browser with a file of this user, and not with the token${posix.reason}`,
  async () => {
    const opener = write(
      'bin/xdg-open',
      `#!${process.execPath}\nrequire('node:fs').writeFileSync(${JSON.stringify(join(place().path, 'opened'))}, process.argv[2]);\n`,
    );
    chmodSync(opener, 0o755);
    vi.stubEnv('PATH', `${dirname(opener)}${delimiter}${process.env['PATH']}`);
    const page = await served('--open');
    const record = join(place().path, 'opened');
    await until('it was opened', () => existsSync(record) && readFileSync(record, 'utf8') !== '');
    const file = readFileSync(record, 'utf8');
    expect(file).not.toContain('http');
    expect(readFileSync(file, 'utf8')).toContain(`url=${page.address}`);
    expect(statSync(file).mode & 0o077).toBe(0);
    await interrupt(page);
    expect(existsSync(file)).toBe(false);
  },
);
