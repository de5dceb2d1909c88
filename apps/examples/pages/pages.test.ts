/**
 * The code of README.md, docs/protocol.md and docs/adapters.md. Every block is a file of this folder, named in its title;
 * these files are compiled with everything else and run here, those of adapters.md in adapters.test.ts.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { codeBlocks } from '@carpool/test-harness/code-blocks';
import { createPool } from 'carpool';
import { expect, onTestFinished, test } from 'vitest';
import { browser, nulJson } from './protocol/browser.ts';
import { languageServerCodec } from './protocol/language-server.ts';
import { inTurn } from './protocol/one-at-a-time.ts';
import { replyField } from './protocol/reply-field.ts';
import { sheet } from './protocol/sheet.ts';

const here = (...path: string[]): string => join(import.meta.dirname, ...path);
const read = (path: string): string => readFileSync(path, 'utf8');

/** What a program prints. Its folder is where `sheet.mjs` and `browser.mjs` are looked for. */
async function printed(folder: string, ...args: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  return stdout.trim().split('\n');
}

const blocks = [
  { page: 'README.md', folder: 'readme' },
  { page: 'docs/protocol.md', folder: 'protocol' },
  { page: 'docs/adapters.md', folder: 'adapters' },
].flatMap(({ page, folder }) =>
  codeBlocks(page)
    .filter(({ language }) => ['ts', 'js', 'mjs'].includes(language))
    .map(({ title, code }) => ({
      page,
      title: title ?? 'a block without a title',
      file: here(folder, title ?? 'none'),
      code,
    })),
);

test('there are blocks to check', () => {
  expect(blocks.length).toBeGreaterThan(6);
});

test.for(blocks)('$page shows $title as it is', ({ file, code }) => {
  expect(code).toBe(read(file));
});

test('the quick start runs, and what else tests share', { timeout: 60_000 }, async () => {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const env = { ...process.env, NO_COLOR: '1', CARPOOL_ADDRESS: undefined };
  const { stdout } = await promisify(execFile)(process.execPath, [vitest, 'run'], { cwd: here('readme'), env });
  expect(stdout).toMatch(/Tests +4 passed \(4\)/);
});

test('a pool in one process runs', async () => {
  expect(await printed(here('readme'), 'in-process.ts')).toEqual(['7']);
});

test('the sheet as plain data runs', async () => {
  const lines = await printed(here('readme'), '../protocol/use-sheet.ts');
  expect(lines).toEqual(['A1 holds 2', 'visited 1', 'converts at 1.1']);
});

test('the browser runs', async () => {
  const [line] = await printed(here('protocol'), 'use-browser.ts');
  expect(line).toContain("title: 'about:blank'");
});

const sheets = { command: process.execPath, args: [here('readme/sheet.mjs')] };

test('a refusal, a loss and a wrong version are what the page says', async () => {
  const pool = createPool({ ...sheets, protocol: sheet });
  onTestFinished(() => pool.close());
  const session = await pool.register();
  await expect(session.request({ type: 'divide', column: 'A' })).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
  session.send({ type: 'overflow' } as never);
  expect(await session.closed).toMatchObject({ by: 'child' });

  const other = createPool({ ...sheets, protocol: { hello: { expect: { type: 'ready' }, version: { version: 3 } } } });
  onTestFinished(() => other.close());
  await expect(other.register()).rejects.toMatchObject({ code: 'CHILD_VERSION' });
});

test('an id of replies in another field, on the spread protocol', async () => {
  const pool = createPool({
    command: process.execPath,
    args: [here('protocol/reply-field.mjs')],
    maxSessions: 1,
    protocol: replyField,
  });
  onTestFinished(() => pool.close());
  for (const _ of ['first', 'second']) {
    const session = await pool.register();
    await expect(session.request({ type: 'add' })).resolves.toMatchObject({ type: 'count', value: 1 });
    await expect(session.request({ type: 'jump' })).rejects.toMatchObject({
      code: 'SESSION_REFUSED',
      message: expect.stringContaining('cannot jump'),
    });
    await session.unregister();
  }
  expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0 });
});

test('a session whose end is never confirmed has a quarantined slot, and a refusal shows what it has', async () => {
  const close = { send: { type: 'reset' }, expect: { type: 'clsoed' } };
  const refusals = [{ type: 'total' }];
  const pool = createPool({ ...sheets, maxSessions: 8, closeTimeout: 50, protocol: { close, refusals } });
  onTestFinished(() => pool.close());
  const session = await pool.register();
  await expect(session.request({ type: 'sum', column: 'A' })).rejects.toThrow(/"?type"?: "total"/);
  await expect(session.unregister()).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
  expect(pool.stats()).toMatchObject({ children: 1, quarantined: 1 });
});

test('a page that crashes fails what waits for it, and no other', async () => {
  const pool = createPool({
    command: process.execPath,
    args: [here('protocol/browser.mjs')],
    codec: nulJson,
    protocol: browser,
    stdio: { in: 3, out: 4 },
  });
  onTestFinished(() => pool.close());
  const [page, other] = [await pool.register(), await pool.register()];
  expect(page.hello).toEqual({ product: 'browser/1' });
  await expect(page.request({ method: 'crash' })).rejects.toMatchObject({ code: 'SESSION_FAILED' });
  await expect(other.request({ method: 'title' })).resolves.toMatchObject({ result: { title: 'about:blank' } });
  await expect(other.request({ method: 'title', sessionId: 'page-2' })).rejects.toMatchObject({
    code: 'SESSION_REFUSED',
  });
  await expect(other.request({ method: 'attach', params: { contextId: 'none' } })).rejects.toThrow(
    'there is no context',
  );
});

test('a gate lets one request through at a time', async () => {
  const { protocol } = { protocol: inTurn(sheet as never) };
  const pool = createPool({ ...sheets, protocol });
  onTestFinished(() => pool.close());
  const session = await pool.register();
  const sums = await Promise.all([1, 2, 3].map(() => session.request({ type: 'sum', column: 'A' })));
  expect(sums).toMatchObject([{ value: 0 }, { value: 0 }, { value: 0 }]);
});

test('the header of a language server is read and written', () => {
  const { framing, format } = languageServerCodec;
  const payload = format.encode({ jsonrpc: '2.0', id: 1 });
  const { head } = framing.frame(payload, { maxFrameBytes: 1000 });
  expect(Buffer.from(head).toString()).toBe(`Content-Length: ${payload.length}\r\n\r\n`);
});
