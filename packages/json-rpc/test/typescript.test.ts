/** TypeScript 7, `tsc --lsp --stdio`. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CarpoolError } from 'carpool';
import { expect, test, vi } from 'vitest';
import { lsp, type Lsp } from '../src/client.ts';
import { firstLine, hoverOf } from './support/calls.ts';
import { poolOf, projectOf, typescript } from './support/servers.ts';

const tsconfig = JSON.stringify({ compilerOptions: { strict: true, module: 'nodenext', noEmit: true, types: [] } });
const files = { 'tsconfig.json': tsconfig, 'src/disk.ts': 'export const disk = 1;\n' };

/** Errors alone: TypeScript also hints at names that are not used. */
const errorsIn = async (server: Lsp, document: string): Promise<string[]> =>
  (await server.diagnostics(document)).filter(({ severity }) => severity === 1).map(firstLine);

test('two sessions open the same name with different texts, and each gets its own hover and diagnostics', async () => {
  const root = projectOf(files);
  const pool = poolOf({ ...typescript, root });
  const [first, second] = (await Promise.all([pool.register(), pool.register()])).map(lsp) as [Lsp, Lsp];
  // Scripts, whose names are global: in one project the second would be declared twice.
  const uri = first.open('src/a.ts', 'const a: number = "one";\n', 'typescript');
  expect(second.open('src/a.ts', 'const a: string = 2;\n', 'typescript')).toBe(uri);
  expect(await Promise.all([errorsIn(first, 'src/a.ts'), errorsIn(second, 'src/a.ts')])).toEqual([
    ["Type 'string' is not assignable to type 'number'."],
    ["Type 'number' is not assignable to type 'string'."],
  ]);
  expect(await hoverOf(first, 'src/a.ts', 0, 6)).toContain('const a: number');
  expect(await hoverOf(second, 'src/a.ts', 0, 6)).toContain('const a: string');
  expect(pool.stats()).toMatchObject({ children: 1, strays: 0 });
});

test('documents import each other and files on disk, under the configuration of root; addresses are the session’s', async () => {
  const root = projectOf(files);
  const pool = poolOf({ ...typescript, root });
  const server = lsp(await pool.register());
  const text = `import { b } from './b.js';\nimport { disk } from './disk.js';\nexport const sum = b + disk;\nfunction f(x) {}\nexport const other = disk;\n`;
  server.open('src/a.ts', text, 'typescript');
  const b = server.open('src/b.ts', `export const b = 'b';\n`, 'typescript');
  server.open('src/disk.ts', 'export const disk = { not: 1 };\n', 'typescript');
  expect(await errorsIn(server, 'src/a.ts')).toEqual(["Parameter 'x' implicitly has an 'any' type."]);
  expect(await hoverOf(server, 'src/a.ts', 2, 14)).toContain('const sum: string');
  // The text of the session, and not that of the file.
  expect(await hoverOf(server, 'src/a.ts', 4, 14)).toContain('not: number');
  const position = { line: 0, character: 9 };
  const definition = await server.request('textDocument/definition', {
    textDocument: { uri: server.uri('src/a.ts') },
    position,
  });
  expect(definition).toMatchObject([{ targetUri: b }]);
  server.open('src/c.ts', `import './nowhere.js';\nimport { missing } from './b.js';\n`, 'typescript');
  expect((await errorsIn(server, 'src/c.ts')).join('\n')).not.toContain('.carpool');
  await server.session.unregister();
  expect(readdirSync(join(root, 'src'))).toEqual(['disk.ts']);
  await pool.close();
  expect(existsSync(join(root, 'node_modules'))).toBe(false);
});

test('what a completion holds for the server comes back to it whole', async () => {
  const pool = poolOf({ ...typescript, root: projectOf(files) });
  const server = lsp(await pool.register());
  const uri = server.open(
    'src/a.ts',
    `import { disk } from './disk.js';\n/** Of the test. */\nconst own = disk;\now`,
    'typescript',
  );
  const found = await server.request('textDocument/completion', {
    textDocument: { uri },
    position: { line: 3, character: 2 },
  });
  const items = Array.isArray(found) ? found : (found?.items ?? []);
  const own = items.find(({ label }) => label === 'own');
  expect(own).toMatchObject({ data: expect.anything() as unknown });
  const resolved = await server.request('completionItem/resolve', own!);
  expect(JSON.stringify(resolved.documentation)).toContain('Of the test.');
});

test('a document changes, and what is found in it does', async () => {
  const pool = poolOf({ ...typescript, root: projectOf(files) });
  const server = lsp(await pool.register());
  server.open('a.ts', 'export const a: number = "";\n', 'typescript');
  expect(await server.diagnostics('a.ts')).toHaveLength(1);
  server.change('a.ts', 'export const a: number = 1;\n');
  expect(await server.diagnostics('a.ts')).toEqual([]);
  server.close('a.ts');
  await expect(hoverOf(server, 'a.ts', 0, 14)).rejects.toMatchObject({
    code: 'SESSION_REFUSED',
    message: expect.stringContaining(`${server.hello.rootUri}/a.ts`) as string,
  });
});

test('a server that is killed in mid-test fails that test, and the next one has a new server', async () => {
  const pool = poolOf({ ...typescript, root: projectOf(files) });
  const server = lsp(await pool.register());
  server.open('a.ts', 'const a = 1;\n', 'typescript');
  const { hello } = server;
  expect(hello.capabilities.hoverProvider).toBe(true);
  const [pid = 0] = pool.stats().pids;
  process.kill(pid, 'SIGSTOP');
  const pending = hoverOf(server, 'a.ts', 0, 6);
  process.kill(pid, 'SIGKILL');
  await expect(pending).rejects.toMatchObject({ code: 'CHILD_EXITED' });
  const next = lsp(await pool.register());
  next.open('a.ts', 'const a = "";\n', 'typescript');
  expect(await hoverOf(next, 'a.ts', 0, 6)).toContain('const a: ""');
});

test('a server that hangs is found at the end of a session, and replaced', async () => {
  const pool = poolOf({ ...typescript, root: projectOf(files), closeTimeout: 300, probeTimeout: 300 });
  const session = await pool.register();
  const other = await pool.register();
  const server = lsp(session);
  server.open('a.ts', 'const a = 1;\n', 'typescript');
  const [pid = 0] = pool.stats().pids;
  process.kill(pid, 'SIGSTOP');
  const late = server.request(
    'textDocument/hover',
    { textDocument: { uri: server.uri('a.ts') }, position: { line: 0, character: 6 } },
    { timeout: 100 },
  );
  await expect(late).rejects.toMatchObject({
    code: 'REQUEST_TIMEOUT',
    message: expect.stringContaining(
      `No reply to "textDocument/hover" (${server.hello.rootUri}/a.ts) within 100 ms in session s1 of pool "pool"`,
    ) as string,
    evidence: {
      activity: expect.stringMatching(/^the last request that the child has answered is .*, \d+ ms ago$/) as string,
    },
  });
  await expect(session.unregister()).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' } satisfies Partial<CarpoolError>);
  await expect(other.closed).resolves.toMatchObject({ error: { code: 'CHILD_SILENT' } });
  const next = lsp(await pool.register());
  next.open('a.ts', 'const a = "";\n', 'typescript');
  expect(await hoverOf(next, 'a.ts', 0, 6)).toContain('const a: ""');
});

test('200 sessions one after another leave no open document, and one server', { timeout: 120_000 }, async () => {
  const root = projectOf(files);
  const pool = poolOf({ ...typescript, root, notifications: ['window/logMessage'] });
  const listener = await pool.register();
  const open: number[] = [];
  listener.onMessage(({ params }) => {
    const [, count] = /^Open file count: +(\d+)$/m.exec((params as { message: string }).message) ?? [];
    if (count !== undefined) open.push(Number(count));
  });
  for (let index = 0; index < 200; index++) {
    const session = await pool.register({ params: { notifications: false } });
    const server = lsp(session);
    server.open('a.ts', `const a = ${index};\n`, 'typescript');
    server.open('b.ts', `export const b = ${index};\n`, 'typescript');
    expect(await hoverOf(server, 'a.ts', 0, 6)).toContain(`const a: ${index}`);
    await session.unregister();
  }
  expect(pool.stats()).toMatchObject({ children: 1, unconfirmed: 0, sessions: 201, strays: 0 });
  await vi.waitFor(() => expect(open.length).toBeGreaterThanOrEqual(200), 20_000);
  expect(Math.max(...open)).toBeLessThanOrEqual(2);
});
