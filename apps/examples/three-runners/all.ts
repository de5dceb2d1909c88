/**
 * Runs the three suites of the current folder at the same time, and prints a line for each: `carpool run -- node all.ts`.
 * Each runner joins the host that `carpool run` has started. With the name of a runner it runs only that suite; what follows
 * the name, `all` for each of them, is passed to the runner: `node all.ts all database`.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

interface Runner {
  readonly name: string;
  /** The package, and the file of it that Node runs. */
  readonly program: readonly [string, string];
  readonly args: readonly string[];
  /** How many tests passed, from what it prints. */
  readonly passed: RegExp;
}

const runners: readonly Runner[] = [
  { name: 'Vitest', program: ['vitest', 'vitest.mjs'], args: ['run'], passed: /Tests +(\d+) passed/ },
  {
    name: 'Jest',
    program: ['jest', 'bin/jest.js'],
    args: ['--no-watchman'],
    passed: /^Tests: +(\d+) passed/m,
  },
  { name: 'Playwright Test', program: ['@playwright/test', 'cli.js'], args: ['test'], passed: /^ +(\d+) passed/m },
];

const [only = 'all', ...more] = process.argv.slice(2);
const { resolve } = createRequire(import.meta.url);

async function run({ name, program: [packageName, file], args, passed }: Runner): Promise<boolean> {
  const began = performance.now();
  const folder = join(process.cwd(), name.split(' ')[0]?.toLowerCase() ?? '');
  const command = join(dirname(resolve(`${packageName}/package.json`)), file);
  const child = spawn(process.execPath, [command, ...args, ...more], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((done) => child.once('close', done));
  const [code, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const [, count] = passed.exec(stdout + stderr) ?? [];
  const good = code === 0 && count !== undefined;
  console.log(`${name}: ${good ? `${count} tests passed` : 'failed'}, ${seconds} s`);
  if (!good) console.error(`${stdout}\n${stderr}`);
  return good;
}

const chosen = runners.filter(({ name }) => only === 'all' || name === only);
const results = await Promise.all(chosen.map(run));
process.exitCode = results.every(Boolean) ? 0 : 1;
