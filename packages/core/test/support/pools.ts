/** Pools for tests: the programs of test/programs behind a session field, and a check that none outlives its test. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect } from 'vitest';
import { ChildPool } from '../../src/pool/pool.ts';
import { poolSettings, type PoolOptions } from '../../src/pool/options.ts';
import type { PoolEnvironment } from '../../src/pool/registration.ts';
import type { SessionFieldOptions } from '../../src/protocol/session-field.ts';
import { census } from '../../src/testing/census.ts';

export function programPath(name: string): string {
  return fileURLToPath(new URL(`../programs/${name}.mjs`, import.meta.url));
}

/** What the programs of test/programs have in common. */
export const programProtocol: SessionFieldOptions = {
  hello: { send: { type: 'settings' }, expect: { type: 'hello' } },
  close: { send: { type: 'reset' }, expect: { type: 'closed' } },
  probe: { send: { type: 'probe' }, expect: { type: 'alive' } },
  steps: [{ type: 'step' }],
  refusals: [{ type: 'refusal' }],
  lost: [{ type: 'lost' }],
  asks: [{ type: 'ask' }],
  diagnostics: [{ type: 'diagnostic' }],
};

/** A program as plain data: `name`, then its flags. */
export function program(line: string, options: Partial<PoolOptions> = {}): PoolOptions {
  const [name = '', ...flags] = line.split(' ');
  const codec = options.codec ?? 'json-lines';
  return {
    command: process.execPath,
    args: [programPath(name), '--hello', ...(codec === 'msgpack' ? ['--msgpack'] : []), ...flags],
    protocol: programProtocol,
    stopTimeout: 500,
    closeTimeout: 2_000,
    ...options,
    env: { TMPDIR: place().path, ...options.env },
  };
}

const opened = new Set<{ close(): unknown }>();
let current: Place | undefined;

/** A pool of this test. It is closed after it, and must then have left nothing. */
export function pool(line: string, options: Partial<PoolOptions> = {}, environment?: PoolEnvironment): ChildPool {
  return closing(new ChildPool(poolSettings('echoes', program(line, options)), environment));
}

/** Closed after this test, the newest first. */
export function closing<T extends { close(): unknown }>(thing: T): T {
  opened.add(thing);
  place();
  return thing;
}

export interface Place {
  /** TMPDIR for whatever the test starts. */
  readonly path: string;
}

/** A folder of this test's own, in which the census is taken. */
export function place(): Place {
  current ??= { path: mkdtempSync(join(tmpdir(), 'cp-')) };
  return current;
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

/** What still exists after a grace period is left behind, and is ended here. */
export async function expectEmpty(within: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  const isEmpty = (): boolean => {
    if (hasNothing(within)) return true;
    const { pids, folders } = census(within);
    return pids.length + folders.length + guards(within).length === 0;
  };
  while (!isEmpty()) {
    if (performance.now() > deadline) return endWhatIsLeft(within);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function endWhatIsLeft(within: string): void {
  const left = { ...census(within), guards: guards(within).map(({ pid }) => pid) };
  for (const pid of [...left.pids, ...left.guards]) process.kill(pid, 'SIGKILL');
  expect(left, 'left behind by this test').toEqual({ pids: [], folders: [], guards: [] });
}

/** After most tests: seen by one look at each process, where the census and the guards take three. */
function hasNothing(within: string): boolean {
  if (readdirSync(within).some((name) => name.startsWith('carpool-'))) return false;
  return !processes().some((pid) => wordsOf(pid, 'environ').includes(`TMPDIR=${within}`));
}

function processes(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}

/** The shells that wait for the end of a runner (`main-process/host-guard.ts`), of one run, and the hosts they guard. */
export function guards(within: string): { readonly pid: number; readonly host: number }[] {
  return processes()
    .filter((pid) => wordsOf(pid, 'environ').includes(`TMPDIR=${within}`))
    .flatMap((name) => {
      const [, host] = /\0carpool-guard\0(\d+)\0/.exec(wordsOf(name, 'cmdline').join('\0')) ?? [];
      return host === undefined ? [] : [{ pid: Number(name), host: Number(host) }];
    });
}

function wordsOf(pid: string, file: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
  } catch {
    return []; // it has ended
  }
}

/** Waits for a state that nothing announces. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  milliseconds = 20_000,
): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`It did not come about that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
