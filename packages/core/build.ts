/**
 * The build: `node build.ts`. It begins by emptying `dist`, so it is done by one process at a time: runs of tests build, too,
 * where they find the source newer (`test/built.ts`).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { takeStartTurn, type StartTurn } from './src/hosts/start-turn.ts';

const folder = import.meta.dirname;
/** Where it stands which process builds. */
const turns = join(folder, 'node_modules/.cache/build');
/** Milliseconds between two looks whether another process still builds, and for all of them. */
const interval = 50;
const limit = 300_000;

/** Calls the function while no other process builds. One that was killed holds nobody up. @throws Error after five minutes */
export async function inTurn(body: () => void): Promise<void> {
  const turn = await takeTurn();
  try {
    body();
  } finally {
    turn.end();
  }
}

async function takeTurn(): Promise<StartTurn & { readonly ours: true }> {
  mkdirSync(turns, { recursive: true });
  const deadline = performance.now() + limit;
  for (;;) {
    const turn = takeStartTurn(turns, 'build');
    if (turn.ours) return turn;
    if (performance.now() > deadline) {
      const by = `process ${turn.pid ?? 'unknown'}, which holds ${turn.file}`;
      throw new Error(`Cannot build carpool: ${by}, has been building it for ${limit / 1_000} s; end that process`);
    }
    await setTimeout(interval);
  }
}

/** In a turn. @param warnings where they go @throws Error if it fails, which has said why on stderr */
export function build(warnings: 'inherit' | 'ignore' = 'inherit'): void {
  const tsdown = createRequire(import.meta.url).resolve('tsdown/run');
  const { status } = spawnSync(process.execPath, [tsdown, '--log-level', 'warn'], {
    cwd: folder,
    stdio: ['ignore', warnings, 'inherit'],
  });
  if (status !== 0) throw new Error('The build of carpool has failed');
}

if (import.meta.main) await inTurn(() => build());
