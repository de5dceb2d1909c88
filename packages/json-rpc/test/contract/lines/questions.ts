/** What the server asks and says without being asked, and what is no longer awaited. */
import { failure } from './failure.ts';
import type { Line } from './line.ts';

export const questionLines: readonly Line[] = [
  {
    title: 'a question that names a document is answered by its session',
    async check({ register, lsp, expect }) {
      const servers = (await Promise.all([register('small'), register('small')])).map((session) => lsp(session));
      const found = await Promise.all(
        servers.map(async (server, index) => {
          const uri = server.open('a.ts', '', 'typescript');
          const questions: unknown[] = [];
          server.answer((method, params) => {
            questions.push([method, params]);
            return { applied: index === 0 };
          });
          const params = { edit: { changes: { [uri]: [] } } };
          const answer = await server.request('test/ask', { method: 'workspace/applyEdit', params });
          expect(questions).toEqual([['workspace/applyEdit', params]]);
          return answer;
        }),
      );
      expect(found).toEqual([{ result: { applied: true } }, { result: { applied: false } }]);
    },
  },
  {
    title: 'a session answers by method; what has no answer there is refused',
    async check({ register, lsp, expect }) {
      const server = lsp(await register('small'));
      const uri = server.open('a.ts', '', 'typescript');
      server.answer({
        'workspace/applyEdit': async ({ edit }) =>
          await Promise.resolve({ applied: Object.hasOwn(edit.changes!, uri) }),
        'workspace/configuration': ({ items }) => items.map(({ scopeUri }) => scopeUri),
        'window/showDocument': () => undefined,
        'small/own': (params) => ({ params }),
      });
      const ask = (method: string, params?: object) => server.request('test/ask', { method, params });
      expect(await ask('workspace/applyEdit', { edit: { changes: { [uri]: [] } } })).toEqual({
        result: { applied: true },
      });
      expect(await ask('workspace/configuration', { items: [{ scopeUri: uri }] })).toEqual({ result: [uri] });
      expect(await ask('small/own', { uri })).toEqual({ result: { params: { uri } } });
      for (const method of ['window/showDocument', 'small/other', 'constructor'])
        expect(await ask(method, { uri })).toMatchObject({ error: { code: -32_601 } });
    },
  },
  {
    title: 'a question that no session answers is answered by the config, then as an editor without settings would',
    async check({ register, lsp, expect }) {
      const server = lsp(await register('small'));
      const uri = server.open('a.ts', '', 'typescript');
      const ask = (method: string, params?: object) => server.request('test/ask', { method, params });
      const items = [{ section: 'small' }, { section: 'other' }];
      expect(await ask('workspace/configuration', { items })).toEqual({ result: [{ strict: true }, null] });
      expect(await ask('workspace/configuration', { items: [{ scopeUri: uri, section: 'small' }] })).toEqual({
        result: [{ strict: true }],
      });
      expect(await ask('workspace/configuration', { items: [{ section: 'small.strict' }, {}] })).toEqual({
        result: [true, { small: { strict: true } }],
      });
      expect(await ask('small/configured')).toEqual({ result: { answered: true } });
      // `null` is an answer.
      expect(await ask('workspace/workspaceFolders')).toEqual({ result: null });
      expect(await ask('client/registerCapability', { registrations: [] })).toEqual({ result: null });
      expect(await ask('window/workDoneProgress/create', { token: 1 })).toEqual({ result: null });
      expect(await ask('workspace/codeLens/refresh')).toEqual({ result: null });
      expect(await ask('workspace/applyEdit', { edit: { changes: { [uri]: [] } } })).toMatchObject({
        result: { applied: false },
      });
      expect(await ask('small/unknown')).toMatchObject({ error: { code: -32_601 } });
    },
  },
  {
    title: 'a notification for a document goes to its session, any other to those who ask for it',
    async check({ register, lsp, expect, file }) {
      const listening = { params: { notifications: ['window/logMessage'] } };
      const listener = lsp(await register('small', listening));
      const second = lsp(await register('small', listening));
      const other = lsp(await register('small'));
      const message = `from ${file}`;
      other.open('a.ts', '', 'typescript');
      await other.request('test/log', { message });
      const mine = (params: { message: string }): boolean => params.message === message;
      expect(await listener.notification('window/logMessage', mine)).toEqual({ type: 3, message });
      expect(await second.notification('window/logMessage', mine)).toEqual({ type: 3, message });
      // Its own comes; the log has not come before it.
      const event = await other.session.event();
      expect(event.method).toBe('textDocument/publishDiagnostics');
      await failure('REQUEST_TIMEOUT', () => other.session.event(() => true, { timeout: 50 }));
      await failure('REQUEST_TIMEOUT', () =>
        listener.session.event((it) => it.method === 'textDocument/publishDiagnostics', { timeout: 50 }),
      );
    },
  },
  {
    title: 'progress goes to the session that has asked for it, under its own token',
    async check({ register, lsp, expect }) {
      const servers = (await Promise.all([register('small'), register('small')])).map((session) => lsp(session));
      for (const server of servers) {
        const textDocument = { uri: server.uri('a.ts') };
        await server.request('test/work', { workDoneToken: 1, textDocument });
        expect(await server.notification('$/progress')).toEqual({
          token: 1,
          value: { kind: 'begin', title: textDocument.uri },
        });
      }
    },
  },
  {
    title: 'the server learns that a request is no longer awaited: aborted, too late, or left by its session',
    async check({ register, lsp, expect, file }) {
      const server = lsp(await register('small'));
      const left = lsp(await register('small'));
      const names = ['aborted', 'too late', 'left'].map((name) => `${file}: ${server.session.id}: ${name}`);
      const [aborted, late, last] = names;
      const stop = new AbortController();
      const aborting = server.request('test/slow', { name: aborted }, { signal: stop.signal });
      stop.abort(new Error('changed my mind'));
      let reason: unknown;
      await aborting.catch((thrown: unknown) => (reason = thrown));
      expect((reason as Error).message).toBe('changed my mind');
      await failure('REQUEST_TIMEOUT', () => server.request('test/slow', { name: late }, { timeout: 50 }));
      const leaving = failure('SESSION_CLOSED', () => left.request('test/slow', { name: last }));
      await left.session.unregister();
      await leaving;
      const cancelled = (await server.request('test/cancelled')) as string[];
      expect(cancelled.filter((name) => names.includes(name))).toEqual(names);
    },
  },
  {
    title: 'what begins and ends the server is refused, because sessions share it',
    async check({ register, lsp, expect }) {
      const server = lsp(await register('small'));
      const other = lsp(await register('small'));
      const { message } = await failure('SESSION_REFUSED', () => server.request('shutdown'));
      expect(message).toMatch(/^Cannot send "shutdown": the server is shared with other sessions/);
      // What has no reply is refused at the call, or, through a host, ends its session.
      await failure('SESSION_REFUSED', async () => {
        other.notify('exit');
        await other.request('test/cancelled');
      });
      server.open('a.ts', 'one', 'typescript');
      expect((await server.diagnostics('a.ts')).length).toBe(1);
    },
  },
  {
    title: 'settings come from the config, once; from a session they are refused, because they count for all',
    async check({ register, lsp, expect }) {
      const settings = [
        ['workspace/didChangeConfiguration', { settings: { small: { strict: true } } }],
        ['small/schemas', ['a.json']],
      ];
      for (const method of ['workspace/didChangeConfiguration', 'json/schemaAssociations', 'small/schemas']) {
        const { session } = lsp(await register('small'));
        // In process the call fails; through a host, the session.
        const { message } = await failure('SESSION_REFUSED', async () => {
          session.send({ method, params: { settings: {} } });
          throw (await session.closed).error;
        });
        expect(message).toContain(`Cannot send "${method}": it would count for all sessions of the server`);
      }
      expect(await lsp(await register('small')).request('test/settings')).toEqual(settings);
    },
  },
  {
    title: 'a method that the server does not know is refused, with its code and its text',
    async check({ register, lsp, expect }) {
      const server = lsp(await register('small'));
      const error = await failure('SESSION_REFUSED', () => server.request('small/unknown'));
      expect(error.message).toMatch(/\(-32601\): no method small\/unknown/);
      expect(error.context['childCode']).toBe('-32601');
      expect(server.hello).toMatchObject({ serverInfo: { name: 'small', version: '7' } });
    },
  },
];
