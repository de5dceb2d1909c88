/** What the compiler knows of the calls of a client, and of answers. `tsc` checks this file. */
import { expect, expectTypeOf, test } from 'vitest';
import type {
  ApplyWorkspaceEditParams,
  CompletionItem,
  CompletionList,
  ConfigurationParams,
  Hover,
  HoverParams,
  MessageActionItem,
  ShowMessageRequestParams,
} from 'vscode-languageserver-protocol';
import * as published from 'vscode-languageserver-protocol';
import { defineConfig, type Session, type SessionOf } from 'carpool';
import {
  lsp,
  rpc,
  type Lsp,
  type LspAnswer,
  type LspNotificationMethod,
  type LspParams,
  type LspQuestionMethod,
  type LspRequestMethod,
  type LspResult,
} from '../src/client.ts';
import { jsonRpc, languageServer, type JsonRpcMessages } from '../src/index.ts';

const config = defineConfig({
  pools: { server: languageServer({ command: 'server', root: '.' }), ledger: jsonRpc({ command: 'ledger' }) },
});
declare const session: SessionOf<typeof config, 'server'>;
declare const uri: string;

test('sessions of both dialects take and give JSON-RPC messages', () => {
  expectTypeOf<SessionOf<typeof config, 'server'>>().toEqualTypeOf<Session<JsonRpcMessages>>();
  expectTypeOf<SessionOf<typeof config, 'ledger'>>().toEqualTypeOf<Session<JsonRpcMessages>>();
});

test('the published methods are typed, and others are unknown', () => {
  expectTypeOf<LspParams<'textDocument/hover'>>().toEqualTypeOf<HoverParams>();
  expectTypeOf<LspResult<'textDocument/hover'>>().toEqualTypeOf<Hover | null>();
  expectTypeOf<LspResult<'textDocument/completion'>>().toEqualTypeOf<CompletionItem[] | CompletionList | null>();
  expectTypeOf<LspParams<'textDocument/didSave'>>().toExtend<{ textDocument: { uri: string } }>();
  const calls = () => {
    const server = lsp(session);
    const textDocument = { uri };
    expectTypeOf(server.request('textDocument/documentSymbol', { textDocument })).resolves.not.toBeUnknown();
    expectTypeOf(server.request('typescript/of-its-own', { any: 1 })).toEqualTypeOf<Promise<unknown>>();
    server.notify('textDocument/didSave', { textDocument });
    // @ts-expect-error a position is missing
    void server.request('textDocument/hover', { textDocument });
    // @ts-expect-error it needs params
    void server.request('textDocument/hover');
    // @ts-expect-error there is no such field
    server.notify('textDocument/didSave', { document: uri });
    return server;
  };
  expectTypeOf(calls).returns.toEqualTypeOf<Lsp>();
});

test('methods of another process are typed where the test names them', () => {
  const calls = () => {
    const { request } = rpc<{ add: { params: number[]; result: number } }>(session);
    expectTypeOf(request('add', [1])).toEqualTypeOf<Promise<number>>();
    // @ts-expect-error a method that is not named
    void request('remove');
    expectTypeOf(rpc(session).request('anything')).toEqualTypeOf<Promise<unknown>>();
  };
  expectTypeOf(calls).toBeFunction();
});

test('a method is a request or a notification, and what has no params takes none', () => {
  expectTypeOf<'textDocument/hover'>().toExtend<LspRequestMethod>();
  expectTypeOf<'shutdown'>().toExtend<LspRequestMethod>();
  expectTypeOf<'textDocument/didOpen'>().toExtend<LspNotificationMethod>();
  expectTypeOf<'exit'>().toExtend<LspNotificationMethod>();
  expectTypeOf<'textDocument/didOpen'>().not.toExtend<LspRequestMethod>();
  expectTypeOf<LspParams<'shutdown'>>().toEqualTypeOf<undefined>();
  expectTypeOf<LspParams<'exit'>>().toEqualTypeOf<undefined>();
});

test('answers of the config and of a session have the published types, by method; others are unknown', () => {
  const wrong = () => {
    const server = { command: 'server', root: '.' };
    // @ts-expect-error the result is a list
    languageServer({ ...server, answer: { 'workspace/configuration': () => ({}) } });
    // @ts-expect-error there is no such param
    languageServer({ ...server, answer: { 'window/showMessageRequest': ({ title }) => ({ title: String(title) }) } });
    // @ts-expect-error the host waits for no promise
    languageServer({ ...server, answer: { 'workspace/applyEdit': async () => ({ applied: true }) } });
    // @ts-expect-error an answer is a function
    languageServer({ ...server, answer: { 'small/own': 1 } });
  };
  expectTypeOf(wrong).toBeFunction();
  const pool = languageServer({
    command: 'server',
    root: '.',
    answer: {
      'workspace/configuration': (params) => {
        expectTypeOf(params).toEqualTypeOf<ConfigurationParams>();
        return params.items.map(({ section }) => (section === undefined ? null : {}));
      },
      'window/showMessageRequest': (params) => {
        expectTypeOf(params).toEqualTypeOf<ShowMessageRequestParams>();
        return params.actions?.[0];
      },
      'client/registerCapability': () => null,
      'workspace/codeLens/refresh': (params) => {
        expectTypeOf(params).toEqualTypeOf<undefined>();
        return null;
      },
      'small/own': (params) => {
        expectTypeOf(params).toBeUnknown();
        return 1;
      },
      'small/known': ({ name }: { readonly name: string }) => ({ name }),
    },
  });
  expectTypeOf(pool).toExtend<object>();
  languageServer({
    command: 'server',
    root: '.',
    answer(method, params) {
      expectTypeOf(method).toBeString();
      expectTypeOf(params).toBeUnknown();
      return undefined;
    },
  });
  const ofSession = (server: Lsp) => {
    server.answer({
      'workspace/applyEdit': async (params) => {
        expectTypeOf(params).toEqualTypeOf<ApplyWorkspaceEditParams>();
        return await Promise.resolve({ applied: true });
      },
      'small/own': (params) => params,
    });
    server.answer(async (method) => await Promise.resolve(method));
    // @ts-expect-error `applied` is missing
    server.answer({ 'workspace/applyEdit': async () => await Promise.resolve({}) });
  };
  expectTypeOf(ofSession).toBeFunction();
  expectTypeOf<LspAnswer<'window/showMessageRequest'>>().toEqualTypeOf<MessageActionItem | null>();
  expectTypeOf<LspAnswer<'client/registerCapability'>>().toEqualTypeOf<null>();
});

test('the methods by which a server asks are those of the published package', () => {
  // Complete, or this does not compile.
  const ours: Record<LspQuestionMethod, true> = {
    'client/registerCapability': true,
    'client/unregisterCapability': true,
    'window/showDocument': true,
    'window/showMessageRequest': true,
    'window/workDoneProgress/create': true,
    'workspace/applyEdit': true,
    'workspace/codeLens/refresh': true,
    'workspace/configuration': true,
    'workspace/diagnostic/refresh': true,
    'workspace/foldingRange/refresh': true,
    'workspace/inlayHint/refresh': true,
    'workspace/inlineValue/refresh': true,
    'workspace/semanticTokens/refresh': true,
    'workspace/textDocumentContent/refresh': true,
    'workspace/workspaceFolders': true,
  };
  const { clientToServer } = published.MessageDirection;
  const found = Object.entries(published as Readonly<Record<string, unknown>>).flatMap(([name, value]) => {
    const { method, messageDirection } = (value ?? {}) as { method?: string; messageDirection?: string };
    const asks = messageDirection !== undefined && messageDirection !== clientToServer && name.endsWith('Request');
    return asks && method !== undefined ? [method] : [];
  });
  expect(found.toSorted()).toEqual(Object.keys(ours).toSorted());
});
