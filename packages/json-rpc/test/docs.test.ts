/** The code of the guide and of the README, laid out as a project, compiled and run. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeFiles } from '@carpool/test-harness/code-blocks';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const binaries = join(root, 'node_modules/.bin');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

test.each([
  ['docs/json-rpc.md', 3, 2],
  ['packages/json-rpc/README.md', 1, 1],
])('the code of %s compiles, and its tests pass', { timeout: 60_000 }, async (page, tests, sessions) => {
  // Inside the package: there it finds the package itself by its name, and what it needs besides.
  const temporary = join(root, 'packages/json-rpc/.tmp');
  mkdirSync(temporary, { recursive: true });
  const folder = mkdtempSync(join(temporary, 'guide-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [file, code] of codeFiles(page)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), code);
  }
  copyFileSync(join(import.meta.dirname, 'programs/ledger.mjs'), join(folder, 'ledger.mjs'));
  const compilerOptions = { isolatedDeclarations: false, declaration: false };
  const tsconfig = { extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));

  const [errors, said] = await Promise.all([output(folder, [tsc, '-p', folder]), output(folder, [vitest, 'run'])]);
  expect(errors).toBe('');
  expect(said).toMatch(new RegExp(`Tests +${tests} passed`));
  expect(said).toContain(`carpool: typescript: 1 child, ${sessions} session`);
});

/** Both streams of a program; its output says whether it failed. */
async function output(cwd: string, args: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    PATH: `${binaries}${delimiter}${process.env['PATH']}`,
    NO_COLOR: '1',
    FORCE_COLOR: undefined,
  };
  return await new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}
