/** One run of one form of the suite, as `vitest run` does it, and what it took. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ProcessWatch, type Watched } from './processes.ts';

export interface Run {
  readonly passed: number;
  readonly skipped: number;
  readonly files: number;
  /** Seconds from the start of Vitest to its exit. */
  readonly wall: number;
  /** As the form itself reports. */
  readonly renderers: number;
  /** Undefined where the system does not report it. */
  readonly watched: Watched | undefined;
}

interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly failureMessages: readonly string[] }[];
  }[];
}

const folder = join(import.meta.dirname, '..');
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** @throws Error that says which tests failed */
export async function run(config: string, env: Record<string, string> = {}): Promise<Run> {
  const out = mkdtempSync(join(tmpdir(), 'carpool-demo-'));
  const file = join(out, 'report.json');
  const id = randomUUID();
  const args = [vitest, 'run', 'tests/', '--config', config, '--reporter=json', `--outputFile=${file}`];
  try {
    const watch = process.platform === 'linux' ? new ProcessWatch(`CARPOOL_DEMO=${id}`) : undefined;
    const began = performance.now();
    const child = spawn(process.execPath, args, {
      cwd: folder,
      env: { ...process.env, ...env, NO_COLOR: '1', FORCE_COLOR: undefined, NODE_DEBUG: 'renderer', CARPOOL_DEMO: id },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    const [code] = (await once(child, 'close')) as [number | null];
    const wall = (performance.now() - began) / 1000;
    const watched = await watch?.end();
    const said = Buffer.concat(output).toString();
    const { success, numPassedTests: passed, numPendingTests: skipped, testResults } = reportIn(file, said);
    if (code !== 0 || !success || passed === 0) throw new Error(failuresIn(testResults) || said);
    return { passed, skipped, files: testResults.length, wall, renderers: renderersIn(said), watched };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function reportIn(file: string, said: string): Report {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    throw new Error(`Vitest wrote no report:\n${said}`);
  }
}

function failuresIn(files: Report['testResults']): string {
  const texts = files.flatMap(({ message, assertionResults }) => [
    message,
    ...assertionResults.flatMap(({ fullName, failureMessages }) =>
      failureMessages.map((text) => `${fullName}: ${text}`),
    ),
  ]);
  return texts.filter((text) => text !== '').join('\n\n');
}

/** One line for each renderer that was started by hand, one line with their number from Carpool. */
function renderersIn(said: string): number {
  const byHand = said.match(/^RENDERER \d+: started \d+$/gm)?.length ?? 0;
  const [, shared] = /^carpool: renderer: (\d+) child/m.exec(said) ?? [];
  return byHand + Number(shared ?? 0);
}
