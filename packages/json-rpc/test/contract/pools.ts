/** The pools of the contract. Its runners' projects have a copy, so it imports nothing of this package but types. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PoolOptions } from 'carpool';
import type { jsonRpc, languageServer, JsonRpcMessages } from '../../src/index.ts';

export interface Dialects {
  readonly jsonRpc: typeof jsonRpc;
  readonly languageServer: typeof languageServer;
}

export interface Places {
  /** The folder of the small servers. */
  readonly programs: string;
  /** A folder for documents. */
  readonly root: string;
  /** The test files of the contract. */
  readonly files: readonly string[];
}

export function poolsOf(
  { jsonRpc, languageServer }: Dialects,
  { programs, root, files }: Places,
): Record<string, PoolOptions<JsonRpcMessages>> {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const small = languageServer({
    command: process.execPath,
    args: [join(programs, 'small-server.mjs')],
    root,
    folders: 'virtual',
    initialize: { initializationOptions: { version: 7 } },
    settings: { small: { strict: true } },
    initialized: [{ method: 'small/schemas', params: ['a.json'] }],
    answer: {
      'small/configured': () => ({ answered: true }),
      'workspace/workspaceFolders': () => null,
    },
  });
  const command = process.execPath;
  const ledger = join(programs, 'ledger.mjs');
  return {
    typescript: languageServer({ command: process.execPath, args: [tsc, '--lsp', '--stdio'], root }),
    small,
    ...Object.fromEntries(files.map((file) => [`mortal${file}`, small])),
    ledger: jsonRpc({
      command,
      args: [ledger],
      hello: { method: 'hello' },
      session: 'account',
      close: { method: 'forget' },
    }),
    stateless: jsonRpc({ command, args: [ledger, '--headers'], framing: 'headers' }),
  };
}
