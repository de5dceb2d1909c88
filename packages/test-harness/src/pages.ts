/** The code of pages, laid out as a project inside of a package, compiled and run. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { codeFiles } from './code-blocks.ts';
import { binaries } from './project.ts';

const root = join(import.meta.dirname, '../../..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');

export interface PagesRun {
  /** The folder of the package: code inside of it finds the package by its name, and what it needs besides. */
  readonly folder: string;
  /** From the root of the repository: `docs/postgres.md`. Their blocks with a title are the files of the project. */
  readonly pages: readonly string[];
  /** How many tests pass in Vitest. */
  readonly tests: number;
  /** How many pass in Jest: those in CommonJS, `*.test.cjs`, which Vitest leaves alone. Default none. */
  readonly jestTests?: number;
  /** How many pass in Playwright Test: those in `*.spec.ts`, which are left to it then. Default none. */
  readonly playwrightTests?: number;
  /** What the summary says: `db: 1 child, 2 session`. Absent: there are no pools. */
  readonly summary?: string;
  /** What it says in the two other runners. Default: the same. */
  readonly otherSummary?: string;
  /** Adds what the code needs besides. @returns environment variables */
  prepare?(project: string): Readonly<Record<string, string>>;
}

const isForJest = /\.test\.cjs$/;

/** Fails where the compiler or a runner reports something, or where the summary is another one. */
export async function expectPagesRun(options: PagesRun): Promise<void> {
  const {
    folder,
    pages,
    tests,
    jestTests = 0,
    playwrightTests = 0,
    summary,
    otherSummary = summary,
    prepare,
  } = options;
  const temporary = join(folder, '.tmp');
  mkdirSync(temporary, { recursive: true });
  const project = mkdtempSync(join(temporary, 'guide-'));
  onTestFinished(() => rmSync(project, { recursive: true, force: true }));
  for (const [file, code] of pages.flatMap((page) => [...codeFiles(page)])) {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), code);
  }
  const env = prepare?.(project) ?? {};
  const compilerOptions = { isolatedDeclarations: false, declaration: false };
  const tsconfig = { extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['*.ts'] };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(tsconfig));

  const { resolve } = createRequire(join(folder, 'package.json'));
  const program = (name: string, file: string): string => join(dirname(resolve(`${name}/package.json`)), file);
  const excluded = ['--exclude=**/*.cjs', ...(playwrightTests > 0 ? ['--exclude=**/*.spec.ts'] : [])];
  const [errors, said] = await Promise.all([
    output(project, [tsc, '-p', project], env),
    output(project, [program('vitest', 'vitest.mjs'), 'run', ...excluded], env),
  ]);
  expect(errors).toBe('');
  expect(said).toMatch(new RegExp(`Tests +${tests} passed`));
  if (summary !== undefined) expect(said).toContain(`carpool: ${summary}`);
  if (playwrightTests > 0) {
    // By default beside the nearest package.json.
    const results = `--output=${join(project, 'test-results')}`;
    const playwright = await output(project, [program('@playwright/test', 'cli.js'), 'test', results], env);
    expect(playwright).toMatch(new RegExp(`\\b${playwrightTests} passed`));
    if (otherSummary !== undefined) expect(playwright).toContain(`carpool: ${otherSummary}`);
  }
  if (jestTests === 0) return;
  const cache = `--cacheDirectory=${join(temporary, 'jest-cache')}`;
  const jest = await output(project, [program('jest', 'bin/jest.js'), '--no-watchman', cache, isForJest.source], env);
  expect(jest).toMatch(new RegExp(`\nTests: +${jestTests} passed, ${jestTests} total\n`));
  if (otherSummary !== undefined) expect(jest).toContain(`carpool: ${otherSummary}`);
  expect(jest).not.toMatch(/failed to exit gracefully|did not exit|warning/i);
}

/** Both streams of a program; its output says whether it failed. */
async function output(cwd: string, args: readonly string[], added: Readonly<Record<string, string>>): Promise<string> {
  const env = {
    ...process.env,
    PATH: `${binaries}${delimiter}${process.env['PATH']}`,
    NO_COLOR: '1',
    FORCE_COLOR: undefined,
    ...added,
  };
  return await new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}
