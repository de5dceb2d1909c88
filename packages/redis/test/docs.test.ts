/** The code of the guide and of the README, laid out as a project, compiled and run. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { codeFiles } from '@carpool/test-harness/code-blocks';
import { describe, expect, onTestFinished, test } from 'vitest';
import { binary, reason } from './support/servers.ts';

const root = join(import.meta.dirname, '../../..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

describe.skipIf(binary === undefined)(`documents${reason}`, () => {
  test.each([
    ['docs/redis.md', 2],
    ['packages/redis/README.md', 1],
  ])('the code of %s compiles, and its tests pass', async (page, tests) => {
    // Inside the package: there it finds the package itself by its name, and what it needs besides.
    const temporary = join(root, 'packages/redis/.tmp');
    mkdirSync(temporary, { recursive: true });
    const folder = mkdtempSync(join(temporary, 'guide-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const [file, code] of codeFiles(page)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), code);
    }
    const compilerOptions = { isolatedDeclarations: false, declaration: false };
    const tsconfig = { extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    const [errors, said] = await Promise.all([output(folder, [tsc, '-p', folder]), output(folder, [vitest, 'run'])]);
    expect(errors).toBe('');
    expect(said).toMatch(new RegExp(`Tests +${tests} passed`));
    expect(said).toContain(`carpool: redis: 1 child, ${tests} session`);
  });
});

/** Both streams of a program; its output says whether it failed. */
async function output(cwd: string, args: readonly string[]): Promise<string> {
  return await new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined } };
    execFile(process.execPath, args, options, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}
