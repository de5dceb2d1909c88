/** Documents of sessions, and how they end. */
import type { Line } from './line.ts';
import { failure } from './failure.ts';

const position = { line: 0, character: 6 };

export const documentLines: readonly Line[] = [
  {
    title:
      'TypeScript: two sessions open the same name with different texts, and each gets its own hover and diagnostics',
    async check({ register, lsp, expect }) {
      const servers = (await Promise.all([register('typescript'), register('typescript')])).map((session) =>
        lsp(session),
      );
      const texts = ['const a: number = "one";\n', 'const a: string = 2;\n'];
      const found = await Promise.all(
        servers.map(async (server, index) => {
          const uri = server.open('src/a.ts', texts[index] ?? '', 'typescript');
          const [diagnostic] = await server.diagnostics('src/a.ts');
          const hover = await server.request('textDocument/hover', { textDocument: { uri }, position });
          return [uri, diagnostic?.message, (hover!.contents as { value: string }).value.split('\n')[1]];
        }),
      );
      const uri = `${servers[0]?.hello.rootUri}/src/a.ts`;
      expect(found).toEqual([
        [uri, "Type 'string' is not assignable to type 'number'.", 'const a: number'],
        [uri, "Type 'number' is not assignable to type 'string'.", 'const a: string'],
      ]);
    },
  },
  {
    title: 'addresses are those of the session, in results, in events, and in texts for people',
    async check({ register, lsp, expect }) {
      const server = lsp(await register('small'));
      const uri = server.open('a b.ts', 'one', 'typescript');
      expect(await server.diagnostics('a b.ts')).toEqual([{ message: `${uri} says one` }]);
      // The calls of a session are the same, however often they are asked for.
      expect(lsp(server.session) === server).toBe(true);
      lsp(server.session).change('a b.ts', 'two');
      expect(await server.diagnostics('a b.ts')).toEqual([{ message: `${uri} says two` }]);
      const definition = await server.request('textDocument/definition', { textDocument: { uri }, position });
      expect(definition).toEqual([{ uri, range: null }]);
      expect(uri).toBe(`${server.hello.rootUri}/a%20b.ts`);
    },
  },
  {
    title: 'documents that are no files are those of the session too',
    async check({ register, lsp, expect }) {
      const servers = (await Promise.all([register('small'), register('small')])).map((session) => lsp(session));
      const contents = await Promise.all(
        servers.map(async (server, index) => {
          const uri = server.open('untitled:Untitled-1', `text ${index}`, 'typescript');
          expect(await server.diagnostics(uri)).toEqual([{ message: `untitled:/Untitled-1 says text ${index}` }]);
          return (await server.request('textDocument/hover', { textDocument: { uri }, position }))?.contents;
        }),
      );
      expect(contents).toEqual(['text 0', 'text 1']);
    },
  },
  {
    title: 'a file outside of root is refused, because sessions would share it',
    async check({ register, lsp, expect }) {
      const server = lsp(await register('small'));
      // In process the call fails. A host learns of it when the message is on its way, and ends the session.
      const error = await failure('SESSION_REFUSED', async () => {
        server.open('file:///elsewhere/a.ts', '', 'typescript');
        throw (await server.session.closed).error;
      });
      expect(error.message).toMatch(/Cannot open file:\/\/\/elsewhere\/a\.ts: it is outside of `root`/);
      const here = lsp(await register('small'));
      for (const path of ['/elsewhere/a.ts', '../a.ts', 'src/../../a.ts', 'C:\\a.ts']) {
        const { message } = await failure('SESSION_MISUSED', () => here.open(path, '', 'typescript'));
        expect(message).toMatch(/^Cannot name .*: it is not below root, .*; name a document by its path from there/);
        expect(message).toContain(path);
      }
    },
  },
  {
    title: 'the end of a session closes its documents, before the slot is free',
    async check({ register, lsp, expect, file }) {
      const watching = lsp(await register('small'));
      const server = lsp(await register('small'));
      const part = `${file}: ${server.session.id}`;
      server.open('a.ts', part, 'typescript');
      server.open('b.ts', part, 'typescript');
      server.open('c.ts', part, 'typescript');
      server.close('c.ts');
      await server.request('test/cancelled');
      expect(((await watching.request('test/open', { part })) as string[]).length).toBe(2);
      await server.session.unregister();
      expect(await watching.request('test/open', { part })).toEqual([]);
    },
  },
  {
    title: 'a server that ends in mid-test fails its sessions, and the next one has a new server',
    async check({ register, lsp, expect, file }) {
      const pool = `mortal${file}` as const;
      const server = lsp(await register(pool));
      server.open('a.ts', 'one', 'typescript');
      const error = await failure('CHILD_EXITED', () => server.request('test/end'));
      expect(error.message).toMatch(/exited with code 3/);
      const next = lsp(await register(pool));
      const uri = next.open('a.ts', 'two', 'typescript');
      expect(await next.request('textDocument/hover', { textDocument: { uri }, position })).toEqual({
        contents: 'two',
      });
    },
  },
];
