/** Pyright, `pyright-langserver --stdio`: it publishes diagnostics, and looks for imported files on disk. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { lsp, type Lsp } from '../src/client.ts';
import { firstLine, hoverOf } from './support/calls.ts';
import { poolOf, projectOf, pyright } from './support/servers.ts';

const files = {
  'pyrightconfig.json': JSON.stringify({ reportUnusedVariable: 'error' }),
  'src/disk.py': 'disk: int = 1\n',
};

/** @param count Where pyright publishes, it does so before it has looked: then wait for so many. */
const messagesIn = async (server: Lsp, document: string, count = 0): Promise<string[]> =>
  (await server.diagnostics(document, { until: ({ length }) => length >= count })).map(firstLine);

test.each(['pull', 'push'])(
  'sessions open the same names with different texts at the same time, %s',
  { timeout: 120_000 },
  async (kind) => {
    const pool = poolOf({
      ...pyright,
      root: projectOf(files),
      ...(kind === 'push' && { sessionFolder: 'sessions' }),
      initialize:
        kind === 'pull' ? {} : { capabilities: { textDocument: { diagnostic: { dynamicRegistration: false } } } },
    });
    const sessions = (await Promise.all([pool.register(), pool.register(), pool.register()])).map(lsp);
    const types = ['int', 'str', 'bytes'];
    for (const [index, server] of sessions.entries()) {
      expect(server.hello.capabilities.diagnosticProvider === undefined).toBe(kind === 'push');
      server.open('src/a.py', 'from b import b\nfrom disk import disk\nx: int = b\ny = disk\n', 'python');
      server.open('src/b.py', `b: ${types[index]} = ${types[index]}()\n`, 'python');
    }
    const found = await Promise.all(
      sessions.map((server, index) => messagesIn(server, 'src/a.py', index === 0 ? 0 : 1)),
    );
    expect(found).toEqual([
      [],
      ['Type "str" is not assignable to declared type "int"'],
      ['Type "bytes" is not assignable to declared type "int"'],
    ]);
    const hovers = await Promise.all(sessions.map((server) => hoverOf(server, 'src/a.py', 0, 14)));
    expect(hovers.map((hover) => /b: \w+/.exec(hover)?.[0])).toEqual(types.map((type) => `b: ${type}`));
    const [first] = sessions as [Lsp];
    first.change('src/a.py', 'def f():\n    unused = 1\n');
    expect(await messagesIn(first, 'src/a.py', 1)).toEqual(['Variable "unused" is not accessed']);
    // Asked again, without a change.
    expect(await messagesIn(first, 'src/a.py')).toEqual(['Variable "unused" is not accessed']);
    expect(pool.stats()).toMatchObject({ children: 1, strays: 0 });
  },
);

test(
  'one that is killed in mid-test, and one that hangs, cost their own tests, and the next has a new one',
  { timeout: 120_000 },
  async () => {
    const pool = poolOf({ ...pyright, root: projectOf(files), closeTimeout: 300, probeTimeout: 300 });
    const pidNow = (): number => pool.stats().pids[0] ?? 0;
    const killed = lsp(await pool.register());
    killed.open('a.py', 'a = 1\n', 'python');
    const first = pidNow();
    process.kill(first, 'SIGSTOP');
    const pending = hoverOf(killed, 'a.py', 0, 0);
    process.kill(first, 'SIGKILL');
    await expect(pending).rejects.toMatchObject({ code: 'CHILD_EXITED' });

    const [hung, beside] = await Promise.all([pool.register(), pool.register()]);
    const stopped = lsp(hung);
    stopped.open('a.py', 'a = 1\n', 'python');
    process.kill(pidNow(), 'SIGSTOP');
    // What it had said by then has come when this is over.
    const late = { textDocument: { uri: stopped.uri('a.py') }, position: { line: 0, character: 0 } };
    const asked = stopped.request('textDocument/hover', late, { timeout: 100 });
    await expect(asked).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
    await expect(hung.unregister()).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
    await expect(beside.closed).resolves.toMatchObject({ error: { code: 'CHILD_SILENT' } });

    expect(lsp(await pool.register()).hello.capabilities.hoverProvider).toBeTruthy();
    expect(pool.stats()).toMatchObject({ children: 3, running: 1 });
  },
);

test.each(['warn', 'evidence'] as const)(
  'errors that pyright only logs: %s',
  { timeout: 120_000 },
  async (loggedErrors) => {
    const warnings: string[] = [];
    const warned = ({ name, message }: Error): void => void (name === 'CarpoolWarning' && warnings.push(message));
    process.on('warning', warned);
    onTestFinished(() => void process.off('warning', warned));
    const root = projectOf({ 'pyrightconfig.json': JSON.stringify({ include: 7, nope: 1 }), 'a.py': 'x: int = ""\n' });
    const pool = poolOf({ ...pyright, root, loggedErrors });
    const first = lsp(await pool.register());
    first.open('a.py', 'x: int = ""\n', 'python');
    await first.diagnostics('a.py');
    const logged = ['Config "include" entry must contain an array.', 'Config contains unrecognized setting "nope".'];
    expect((await first.session.evidence()).logged).toEqual(logged);
    // Pyright says it once, and it is so for all.
    const next = await pool.register();
    expect((await next.evidence()).logged).toEqual(logged.map((text) => `${text} (before this session)`));
    await pool.close();
    const expected = loggedErrors === 'warn' ? logged : [];
    await vi.waitFor(() => expect(warnings).toHaveLength(expected.length), 20_000);
    expect(warnings.map((text) => text.split('\n', 1)[0])).toEqual(
      expected.map((text) => `pool "pool": the child has logged an error: ${text}`),
    );
  },
);
