// Where the packages of this repository keep the programs of the page.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { arch, execPath, platform } from 'node:process';
import esbuildPackage from 'esbuild/package.json' with { type: 'json' };

const { resolve } = createRequire(import.meta.url);
const exe = platform === 'win32' ? '.exe' : '';

const binary = `@esbuild/${platform}-${arch}/${platform === 'win32' ? '' : 'bin/'}esbuild${exe}`;
export const esbuildCommand: { readonly command: string; readonly args: readonly string[] } = {
  command: createRequire(resolve('esbuild')).resolve(binary),
  args: [`--service=${esbuildPackage.version}`, '--ping'],
};

const sassFolder = `sass-embedded-${platform}-${arch}/dart-sass/src`;
export const sassCommand: { readonly command: string; readonly args: readonly string[] } = {
  command: resolve(`${sassFolder}/dart${exe}`),
  args: [resolve(`${sassFolder}/sass.snapshot`), '--embedded'],
};

/** TypeScript 7 as a language server. */
export const typescriptCommand: { readonly command: string; readonly args: readonly string[] } = {
  command: execPath,
  args: [join(dirname(resolve('typescript/package.json')), 'bin/tsc'), '--lsp', '--stdio'],
};
