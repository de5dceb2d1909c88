/** What one test starts: it is closed after the test, which fails if a process or a folder is left. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { census } from 'carpool/testing';
import { afterEach, expect } from 'vitest';

const opened = new Set<{ close(): unknown }>();
let current: Place | undefined;

export interface Place {
  /** TMPDIR for every process that the test starts. */
  readonly path: string;
}

/** A folder for this test alone. The census after the test counts what was started with it as TMPDIR. */
export function place(): Place {
  current ??= { path: mkdtempSync(join(tmpdir(), 'cp-')) };
  return current;
}

/** Closes the thing after this test; the last one first. */
export function closing<T extends { close(): unknown }>(thing: T): T {
  opened.add(thing);
  place();
  return thing;
}

afterEach(async () => {
  const closes = [...opened].reverse();
  const path = current?.path;
  opened.clear();
  current = undefined;
  for (const thing of closes) await thing.close();
  if (path === undefined) return;
  await expectEmpty(path);
  rmSync(path, { recursive: true, force: true });
});

/** Processes get 10 s to end; those that are left then fail the test, and are killed. */
async function expectEmpty(within: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  let left = census(within);
  while (left.pids.length + left.folders.length > 0 && performance.now() < deadline) {
    await setTimeout(10);
    left = census(within);
  }
  for (const pid of left.pids) process.kill(pid, 'SIGKILL');
  expect(left, 'left behind by this test').toEqual({ pids: [], folders: [] });
}

/** Waits for a state that nothing announces. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`Within 20 s it did not happen that ${what}`);
    await setTimeout(2);
  }
}
