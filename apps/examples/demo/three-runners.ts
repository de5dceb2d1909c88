/** Vitest, Jest and Playwright Test at the same time, on one host that `carpool run` starts for them. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { endsWithDemo } from './place.ts';

export interface ThreeRunners {
  readonly runners: readonly { readonly name: string; readonly passed: number; readonly seconds: number }[];
  /** What the host reports about the pool, after the name: "1 child, 18 sessions, peak 4, longest wait 31 ms". */
  readonly summary: string;
}

export interface ThreeRunnersOptions {
  /** Below the folder of the examples. */
  readonly folder: string;
  /** The pool that they share. */
  readonly pool: string;
  /** Which files, for all of them. Default: all. */
  readonly files?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const examples = join(import.meta.dirname, '..');
const all = join(examples, 'three-runners/all.ts');
const carpool = join(dirname(createRequire(import.meta.url).resolve('carpool/package.json')), 'dist/cli.js');

/** @throws Error with all that was printed, unless every runner passed and one pool summed up for all of them */
export async function threeRunners({ folder, pool, files, env }: ThreeRunnersOptions): Promise<ThreeRunners> {
  const chosen = files === undefined ? [] : ['all', files];
  const child = spawn(process.execPath, [carpool, 'run', '--', process.execPath, all, ...chosen], {
    cwd: join(examples, folder),
    env: { ...process.env, ...env, NO_COLOR: '1', FORCE_COLOR: undefined, CARPOOL_ADDRESS: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endsWithDemo(child);
  const exited = new Promise<number | null>((done) => child.once('close', done));
  const [code, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  const runners = [...stdout.matchAll(/^(.+): (\d+) tests passed, (\S+) s$/gm)].map(
    ([, name = '', passed, seconds]) => ({
      name,
      passed: Number(passed),
      seconds: Number(seconds),
    }),
  );
  const summaries = [...stderr.matchAll(new RegExp(`^carpool: ${pool}: (.+)$`, 'gm'))].map(
    ([, summary = '']) => summary,
  );
  const [summary] = summaries;
  if (code !== 0 || runners.length !== 3 || summary === undefined || summaries.length > 1) {
    throw new Error(`carpool run ended with ${code}:\n${stdout}\n${stderr}`);
  }
  return { runners, summary };
}
