/** The two real language servers, and a project for each. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createPool, type Pool } from 'carpool';
import { onTestFinished } from 'vitest';
import { languageServer, type JsonRpcMessages, type LanguageServerOptions } from '../../src/index.ts';

const { resolve } = createRequire(import.meta.url);

/** TypeScript 7 as a language server. */
export const typescript: Pick<LanguageServerOptions, 'command' | 'args'> = {
  command: process.execPath,
  args: [join(dirname(resolve('typescript/package.json')), 'bin/tsc'), '--lsp', '--stdio'],
};

/** Pyright as a language server. */
export const pyright: Pick<LanguageServerOptions, 'command' | 'args'> = {
  command: process.execPath,
  args: [join(dirname(resolve('pyright/package.json')), 'langserver.index.js'), '--stdio'],
};

/** A folder with these files, which is removed with the test. */
export function projectOf(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cp-lsp-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** A pool that is closed with the test. */
export function poolOf(options: LanguageServerOptions): Pool<JsonRpcMessages> {
  const pool = createPool(languageServer({ watch: false, ...options }));
  onTestFinished(() => pool.close());
  return pool;
}
