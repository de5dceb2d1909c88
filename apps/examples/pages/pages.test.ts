/**
 * The code of README.md and of the pages in `blocks`. Every block is a file of this folder, named in its title; these files
 * are compiled with everything else and run here, those of adapters.md in adapters.test.ts, of programs that are not
 * written for the pages in real.test.ts, and of more servers in more-servers.test.ts.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { codeBlocks } from '@carpool/test-harness/code-blocks';
import { chromium, python } from '@carpool/test-harness/programs';
import { createPool, type Pool, type PoolOptions, type PoolStats, type Session } from 'carpool';
import { startHost } from 'carpool/adapter/main-process';
import { connectClient } from 'carpool/adapter/test-process';
import { Frame } from 'carpool/protocol';
import { describe, expect, onTestFinished, test } from 'vitest';
import declared from './coordination/carpool.config.ts';
import { pools } from './protocol/carpool.config.ts';
import { questions } from './protocol/language-server-protocol.ts';
import { languageServerCodec } from './protocol/language-server.ts';
import { tested } from './tested.ts';

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
  { page: 'docs/write-a-process.md', folder: 'written' },
  { page: 'docs/protocols-in-practice.md', folder: 'protocol' },
  { page: 'docs/servers.md', folder: 'servers' },
  { page: 'docs/hand-over.md', folder: 'written' },
  { page: 'docs/adapters.md', folder: 'adapters' },
  // Its other blocks are with the tests of core.
  { page: 'docs/coordination.md', folder: 'coordination', only: 'carpool.config.ts' },
].flatMap(({ page, folder, only }) =>
  codeBlocks(page)
    .filter(({ language }) => ['ts', 'js', 'mjs', 'python', 'sql'].includes(language))
    .filter(({ title }) => only === undefined || title === only)
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

test('the sheet of the README runs, and what else tests share', { timeout: 120_000 }, async () => {
  expect(await tested('readme', '--exclude', 'database/**')).toMatch(/Tests +4 passed \(4\)/);
});

test('the database of the README runs', { timeout: 120_000 }, async () => {
  expect(await tested('readme/database')).toMatch(/Tests +1 passed \(1\)/);
});

test('processes that are written with `carpool/child` conform', { timeout: 120_000 }, async () => {
  const stdout = await tested('written', 'sheet', 'peer');
  expect(stdout).toContain('10 passed | 2 skipped (12)');
  expect(stdout).toContain('sheet was not looked at: give `large`');
});

test.skipIf(python.path === undefined)(
  `they run, in JavaScript and in Python${python.reason}`,
  { timeout: 120_000 },
  async () => {
    expect(await tested('written', 'written.test')).toMatch(/Tests +3 passed \(3\)/);
  },
);

test('a command joins the session of its test', { timeout: 120_000 }, async () => {
  expect(await tested('written', 'fill.test')).toMatch(/Tests +1 passed \(1\)/);
});

test.skipIf(python.path === undefined)(`so does a script in Python${python.reason}`, { timeout: 120_000 }, async () => {
  expect(await tested('written', 'fill-python')).toMatch(/Tests +1 passed \(1\)/);
});

test('the shops of docs/servers.md run, in process too', { timeout: 120_000 }, async () => {
  expect(await tested('servers')).toMatch(/Tests +3 passed \(3\)/);
  expect(await printed(here('servers'), 'in-process.mjs')).toEqual(['200']);
});

test('a pool in one process runs', async () => {
  expect(await printed(here('readme'), 'in-process.mjs')).toEqual(['7']);
});

test('the locks of the config are those of its run', async () => {
  const host = await startHost({ root: here('coordination'), configFile: here('coordination/carpool.config.ts') });
  onTestFinished(() => host.stop().then(() => {}));
  const client = await connectClient({ address: host.address, runner: 'the tests of the pages' });
  onTestFinished(() => client.close());
  expect((await client.names()).locks).toEqual(declared.locks);
});

test('the sheet as plain data runs', async () => {
  const lines = await printed(here('protocol'), 'use-sheet.ts');
  expect(lines).toEqual(['A1 holds 2', 'visited 1', 'converts at 1.1']);
});

test.skipIf(chromium.path === undefined)(
  `the browser runs, on Chromium${chromium.reason}`,
  { timeout: 60_000 },
  async () => {
    const lines = (await printed(here('protocol'), 'use-browser.ts')).join(' ');
    expect(lines.match(/value: 'first'/g)).toHaveLength(2);
  },
);

test('esbuild and Sass run', { timeout: 60_000 }, async () => {
  const [bundled, styled] = await Promise.all([
    printed(here('protocol'), 'use-esbuild.ts'),
    printed(here('protocol'), 'use-sass.ts'),
  ]);
  expect([bundled[0], bundled.at(-3)]).toEqual(['let x = 1;', 'export {']);
  expect(styled).toContain('  width: 42px;');
});

const sheets = { command: process.execPath, args: [here('protocol/sheet.mjs')] };

const evaluate = (page: Session, expression: string, sessionId?: string): Promise<unknown> =>
  page.request({
    method: 'Runtime.evaluate',
    params: { expression, userGesture: true },
    ...(sessionId !== undefined && { sessionId }),
  });

/** Opens a popup. @returns its id */
async function popupOf(page: Session): Promise<string> {
  const opening = evaluate(page, 'open("about:blank") !== null');
  const { params } = await page.event(({ method }) => method === 'Target.attachedToTarget');
  const { sessionId } = params as { sessionId: string };
  await page.request({ sessionId, method: 'Runtime.runIfWaitingForDebugger' });
  await opening;
  return sessionId;
}

/** A pool of the documented protocols; it ends with the test. */
interface ServedPool {
  register(): Promise<Session>;
  stats(): Promise<PoolStats | undefined>;
}
const wheres: { where: string; serve(name: keyof typeof pools): Promise<ServedPool> }[] = [
  {
    where: 'in process',
    async serve(name) {
      const pool: Pool = createPool(pools[name] as PoolOptions);
      onTestFinished(() => pool.close());
      return { register: () => pool.register(), stats: async () => pool.stats() };
    },
  },
  {
    where: 'through a host',
    async serve(name) {
      const host = await startHost({ root: here('protocol'), configFile: here('protocol/carpool.config.ts') });
      onTestFinished(() => host.stop().then(() => {}));
      const client = await connectClient({ address: host.address, runner: 'the tests of the pages' });
      onTestFinished(() => client.close());
      return {
        register: () => client.register(name),
        stats: async () => (await client.stats()).find((pool) => pool.name === name),
      };
    },
  },
];

describe.each(wheres)('$where', ({ serve }) => {
  test('a refusal, a loss and a wrong version are what the page says', async () => {
    const session = await (await serve('sheet')).register();
    await expect(session.request({ type: 'divide', column: 'A' })).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
    session.send({ type: 'overflow' });
    expect(await session.closed).toMatchObject({ by: 'child' });

    const newer = await serve('newerSheet');
    await expect(newer.register()).rejects.toMatchObject({ code: 'CHILD_VERSION' });
  });

  test('a session answers what the sheet asks', async () => {
    const session = await (await serve('sheet')).register();
    session.answer(() => ({ type: 'rate', value: 3 }));
    session.send({ type: 'set', cell: 'A1', value: 2 });
    await session.event(({ type }) => type === 'changed');
    expect(await session.request({ type: 'convert', column: 'A' })).toMatchObject({ type: 'total', value: 3 });
  });

  test('an id of replies in another field, on the spread protocol', async () => {
    const pool = await serve('replyField');
    for (const _ of ['first', 'second']) {
      const session = await pool.register();
      await expect(session.request({ type: 'add' })).resolves.toMatchObject({ type: 'count', value: 1 });
      await expect(session.request({ type: 'jump' })).rejects.toMatchObject({
        code: 'SESSION_REFUSED',
        message: expect.stringContaining('cannot jump'),
      });
      await session.unregister();
    }
    expect(await pool.stats()).toMatchObject({ children: 1, quarantined: 0 });
  });

  test('the browser runs: a page and its popup are one session, and a page that crashes fails what waits for it alone', async () => {
    const pool = await serve('browser');
    const [page, other] = [await pool.register(), await pool.register()];
    expect(page.hello).toMatchObject({ product: expect.any(String) });
    expect(page.opened).not.toEqual(other.opened);
    await evaluate(page, 'document.title = "first"');
    const popup = await popupOf(page);
    expect(await evaluate(page, 'typeof document.title', popup)).toMatchObject({
      result: { result: { type: 'string' } },
    });
    await expect(evaluate(other, 'document.title', popup)).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
    await expect(page.request({ method: 'Page.crash' })).rejects.toMatchObject({ code: 'SESSION_FAILED' });
    await expect(evaluate(other, 'document.title')).resolves.toMatchObject({ result: { result: { type: 'string' } } });
    const nowhere = { method: 'Target.createTarget', params: { url: 'about:blank', browserContextId: 'none' } };
    await expect(other.request(nowhere)).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
    await other.unregister();
    await expect.poll(() => pool.stats(), { timeout: 20_000 }).toMatchObject({ children: 1, open: 0, quarantined: 0 });
  });

  test('two browsers that live at the same time keep their pages apart', async () => {
    const pool = await serve('oneUseBrowser');
    for (const page of [await pool.register(), await pool.register()]) {
      expect(await evaluate(page, 'document.title', await popupOf(page))).toMatchObject({
        result: { result: { value: 'about:blank' } },
      });
    }
  });

  test('replies that carry the id of their request alone reach its session', async () => {
    const pool = await serve('jsonRpc');
    const sessions = [await pool.register(), await pool.register()];
    const write = (session: Session, text: string): void =>
      session.send({ method: 'write', params: { document: session.id, text } });
    const words = (session: Session) => session.request({ method: 'words', params: { document: session.id } });
    await expect(words(sessions[0]!)).rejects.toMatchObject({
      code: 'SESSION_REFUSED',
      message: expect.stringContaining('the document is empty'),
    });
    write(sessions[0]!, 'one');
    write(sessions[1]!, 'one two');
    expect(await Promise.all(sessions.map(words))).toMatchObject([{ result: 1 }, { result: 2 }]);
    expect(await sessions[1]!.event()).toMatchObject({ params: { document: sessions[1]!.id, characters: 7 } });
    for (const session of sessions) await session.unregister();
    expect(await pool.stats()).toMatchObject({ children: 1, quarantined: 0, strays: 0 });
  });

  test('a gate lets one request through at a time', async () => {
    const session = await (await serve('inTurn')).register();
    const sums = await Promise.all([1, 2, 3].map(() => session.request({ type: 'sum', column: 'A' })));
    expect(sums).toMatchObject([{ value: 0 }, { value: 0 }, { value: 0 }]);
  });
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

test('what a language server is answered, refused and told is what it expects', () => {
  const { format } = languageServerCodec;
  const asked = { id: 7, method: 'workspace/configuration', params: { items: [{}, {}] } };
  expect(questions.answer?.(asked, undefined as never)).toEqual({ result: [null, null] });
  expect(questions.answer?.({ ...asked, method: 'window/showDocument' }, undefined as never)).toBeUndefined();
  const refused = { wireId: undefined, key: '7', frame: Frame.of(asked, format), format, reason: 'nothing answers it' };
  expect(questions.refuse?.(refused)?.message).toMatchObject({ id: 7, error: { message: 'nothing answers it' } });
  expect(questions.cancel?.({ wireId: undefined, key: '7', format })?.message).toMatchObject({ params: { id: 7 } });
});

test('the header of a language server is read and written', () => {
  const { framing, format } = languageServerCodec;
  const payload = format.encode({ jsonrpc: '2.0', id: 1 });
  const { head } = framing.frame(payload, { maxFrameBytes: 1000 });
  expect(Buffer.from(head).toString()).toBe(`Content-Length: ${payload.length}\r\n\r\n`);
});
