/** What the compiler knows of the calls of a client. `tsc` checks this file; running it proves nothing more. */
import { expectTypeOf, test } from 'vitest';
import type { CompletionItem, CompletionList, Hover, HoverParams } from 'vscode-languageserver-protocol';
import { defineConfig, type Session, type SessionOf } from 'carpool';
import {
  lsp,
  rpc,
  type Lsp,
  type LspNotificationMethod,
  type LspParams,
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
