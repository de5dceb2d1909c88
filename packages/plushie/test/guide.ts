/** The code of the pages about Plushie, and of the README, laid out as a project, compiled and run. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeFiles } from '@carpool/test-harness/code-blocks';
import { expect, onTestFinished } from 'vitest';
import type { Subject } from './conformance/subject.ts';
import { rendererScript } from './support/renderer-script.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** Runs the project of some pages with this renderer in PLUSHIE_BINARY_PATH. */
export async function expectGuideRuns(pages: readonly string[], tests: number, subject: Subject): Promise<void> {
  // Inside the package: there it finds the package itself by its name, and what it needs besides.
  const temporary = join(root, 'packages/plushie/.tmp');
  mkdirSync(temporary, { recursive: true });
  const folder = mkdtempSync(join(temporary, 'guide-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const page of pages) for (const [file, code] of codeFiles(page)) writeFileSync(join(folder, file), code);
  const compilerOptions = { isolatedDeclarations: false, declaration: false };
  const tsconfig = { extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));

  // In CI no golden file is written.
  const env = { PLUSHIE_BINARY_PATH: rendererScript(folder, subject), CI: '' };
  const [errors, said] = await Promise.all([
    output(folder, [tsc, '-p', folder], env),
    output(folder, [vitest, 'run'], env),
  ]);
  expect(errors).toBe('');
  expect(said).toMatch(new RegExp(`Tests +${tests} passed`));
  expect(said).toContain(`carpool: renderer: 1 child, ${tests} session`);
}

/** Both streams of a program; its output says whether it failed. */
async function output(cwd: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  return await new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env, NO_COLOR: '1', FORCE_COLOR: undefined } };
    execFile(process.execPath, args, options, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}
