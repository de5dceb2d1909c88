/** What errors say: of a request without an answer, of what the server has logged, of a document that is not open. */
import { failure } from './failure.ts';
import type { Line } from './line.ts';

const position = { line: 0, character: 6 };

export const errorLines: readonly Line[] = [
  {
    title: 'a time-out names the method and the document, what the server works on, and what it has answered last',
    async check({ register, lsp, expect }) {
      const server = lsp(await register('small'));
      const other = lsp(await register('small'));
      const uri = server.open('src/a b.ts', '', 'typescript');
      const work = (workDoneToken: number, ...values: readonly object[]) =>
        other.request('test/work', { workDoneToken, values });
      const begin = { kind: 'begin', title: `Indexing ${server.session.id}`, percentage: 0 };
      await work(1, begin, { kind: 'report', percentage: 40, message: 'b.ts' });
      await work(2, { kind: 'begin', title: 'Done already' }, { kind: 'end' });
      const late = await failure('REQUEST_TIMEOUT', () =>
        server.request('test/slow', { textDocument: { uri }, position, name: 'unnamed' }, { timeout: 50 }),
      );
      expect(late.message).toContain(`No reply to "test/slow" (${uri}) within 50 ms in session ${server.session.id} `);
      const { activity = '' } = late.evidence;
      // Other test files may have the server work, too.
      const works = activity.split('; ').find((part) => part.startsWith('the server works on "'));
      expect(works?.includes('Done already')).toBe(false);
      expect(activity).toMatch(/the last request that the child has answered is \{.*\}.*, \d+ ms ago$/);
      await other.session.unregister();
      const later = await server.session.evidence();
      expect(String(later.activity).includes(begin.title)).toBe(false);
    },
  },
  {
    title: 'a request for no document is named by what it is about; one of another process by its method',
    async check({ register, lsp, rpc, expect }) {
      const server = lsp(await register('small'));
      const slow = { name: 'of no document', query: 'total' };
      const late = await failure('REQUEST_TIMEOUT', () => server.request('test/slow', slow, { timeout: 20 }));
      expect(late.message).toContain('No reply to "test/slow" (total) within 20 ms');
      const { request } = rpc(await register('ledger'));
      const silent = await failure('REQUEST_TIMEOUT', () => request('wait', undefined, { timeout: 20 }));
      expect(silent.message).toContain('No reply to "wait" within 20 ms');
    },
  },
  {
    title: 'an error that the server only logs is evidence of the session that it names, or of all',
    async check({ register, lsp, expect, file }) {
      const server = lsp(await register('small'));
      const other = lsp(await register('small'));
      const uri = server.open('a.ts', '', 'typescript');
      const named = `${file}: ${server.session.id}: cannot check `;
      const general = `${file}: ${server.session.id}: no settings`;
      await server.request('test/log', { type: 1, message: named, about: uri });
      await server.request('test/log', { type: 1, message: general, method: 'window/showMessage' });
      // What a call has failed with is not only logged.
      await failure('SESSION_REFUSED', () => server.request('small/unknown'));
      await server.request('test/log', { type: 1, message: `${file}: failed: no method small/unknown` });
      await server.request('test/log', { type: 2, message: `${file}: only a warning` });
      const own = (await server.session.evidence()).logged ?? [];
      expect(own.filter((text) => text.startsWith(`${file}: ${server.session.id}: `))).toEqual([named + uri, general]);
      const others = (await other.session.evidence()).logged ?? [];
      expect(others.includes(general)).toBe(true);
      expect(others.some((text) => text.startsWith(named))).toBe(false);
      expect([...own, ...others].some((text) => /only a warning|no method/.test(text))).toBe(false);
    },
  },
  {
    title: 'a call about a document that is not open says so, and what to do',
    async check({ register, lsp, expect }) {
      const server = lsp(await register('small'));
      const uri = server.uri('a.ts');
      const says = (call: string, open: string): string =>
        `Cannot ${call} ${uri}: it is not open in session ${server.session.id}, ${open}; call \`open\` with its text first`;
      const change = await failure('SESSION_MISUSED', () => server.change('a.ts', ''));
      expect(change.message).toBe(says('change', 'nothing is'));
      const other = server.open('b.ts', '', 'typescript');
      server.open('a.ts', '', 'typescript');
      server.close('a.ts');
      const close = await failure('SESSION_MISUSED', () => server.close('a.ts'));
      expect(close.message).toBe(says('close', `open are ${other}`));
      // It is a promise that rejects.
      const found = server.diagnostics('a.ts');
      const diagnostics = await failure('SESSION_MISUSED', () => found);
      expect(diagnostics.message).toBe(says('look for diagnostics of', `open are ${other}`));
      expect(diagnostics.blame).toBe('test');
    },
  },
];
