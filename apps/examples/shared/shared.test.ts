/** Runs the suites of this folder with the real commands, and looks at what no single test can see. */
import { linux } from '@carpool/test-harness/programs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { PostgresDatabase } from '@carpool/postgres';
import { census } from 'carpool/testing';
import { expect, onTestFinished, test } from 'vitest';
import { path as journal } from './file/journal.ts';
import { isAlive } from './is-alive.ts';

type Seen =
  | { readonly what: 'database'; readonly value: PostgresDatabase }
  | { readonly what: 'log-in' | 'listens' | 'ends'; readonly value: number };

interface Server {
  /** Undefined: it has ended already. */
  readonly pid: number | undefined;
  /** Of its socket and of its data. */
  readonly folder: string;
}

const folderOf = (name: string): string => dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
const carpool = join(folderOf('carpool'), 'dist/cli.js');
const all = join(import.meta.dirname, '../three-runners/all.ts');
const databaseAlone = [join(folderOf('vitest'), 'vitest.mjs'), 'run', 'database', '--root=vitest'];

class Run {
  readonly output: Promise<readonly [code: number | null, printed: string]>;
  readonly #place = mkdtempSync(join(tmpdir(), 'cp-'));
  readonly #pid: number;

  constructor(...args: readonly string[]) {
    rmSync(journal, { force: true });
    const child = spawn(process.execPath, args, {
      cwd: import.meta.dirname,
      // A process group of its own, so that it can be killed as a whole.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NO_COLOR: '1',
        FORCE_COLOR: undefined,
        CARPOOL_ADDRESS: undefined,
        NODE_OPTIONS: '--experimental-vm-modules',
        TMPDIR: this.#place,
        SEEN: this.#seenFile,
      },
    });
    this.#pid = child.pid ?? 0;
    onTestFinished(() => {
      // One that did not end in time.
      if (isAlive(-this.#pid)) this.kill();
      rmSync(this.#place, { recursive: true, force: true });
    });
    const printed = Promise.all([text(child.stdout), text(child.stderr)]);
    this.output = once(child, 'close').then(async ([code]) => [code as number | null, (await printed).join('\n')]);
  }

  get #seenFile(): string {
    return join(this.#place, 'seen.jsonl');
  }

  get seen(): readonly Seen[] {
    const written = existsSync(this.#seenFile) ? readFileSync(this.#seenFile, 'utf8') : '';
    // The text after the last newline is still being written.
    const lines = written.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Seen);
  }

  /** Resolves when a test has a database on it. */
  async server(): Promise<Server> {
    for (;;) {
      const database = this.seen.find((it) => it.what === 'database');
      // Other processes write it. The test's timeout is the deadline.
      if (database === undefined) await pause(5);
      else return serverOf(database.value);
    }
  }

  kill(): void {
    process.kill(-this.#pid, 'SIGKILL');
  }

  /** Resolves when nothing is left of it. */
  async gone({ pid, folder }: Server): Promise<void> {
    while ((pid !== undefined && isAlive(pid)) || existsSync(folder)) await pause(20);
    while (census(this.#place).pids.length > 0) await pause(20);
  }

  get folders(): readonly string[] {
    return census(this.#place).folders;
  }
}

function serverOf({ host }: PostgresDatabase): Server {
  const folder = dirname(host);
  const file = join(folder, 'data/postmaster.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined;
  return { pid, folder };
}

/** Ports that a server got while another had them. */
function givenTwice(seen: readonly Seen[]): number[] {
  const taken = new Set<number>();
  const twice: number[] = [];
  for (const { what, value } of seen) {
    if (what === 'ends') taken.delete(value);
    if (what !== 'listens') continue;
    if (taken.has(value)) twice.push(value);
    taken.add(value);
  }
  return twice;
}

/** What the tests of this number of runners did. */
async function expectShared(run: Run, runners: readonly string[]): Promise<void> {
  const [code, printed] = await run.output;
  if (code !== 0) throw new Error(printed);

  const saw = (what: Seen['what']) => run.seen.flatMap((it) => (it.what === what ? [it.value] : []));
  const databases = saw('database') as PostgresDatabase[];
  expect(new Set(databases.map(({ database }) => database)).size).toBe(8 * runners.length);
  const folders = new Set(databases.map(({ host }) => dirname(host)));
  expect(folders.size).toBe(1);
  expect(saw('log-in')).toHaveLength(1);

  const entries = JSON.parse(readFileSync(journal, 'utf8')) as string[];
  const written = runners.flatMap((name) => [1, 2, 3, 4, 5].map((number) => `${name} ${number}`));
  // Each by two projects.
  expect(new Set(entries)).toEqual(new Set(written));
  expect(entries).toHaveLength(2 * written.length);

  expect(saw('listens')).toHaveLength(6 * runners.length);
  expect(givenTwice(run.seen)).toEqual([]);

  // The server, the host, their folders.
  await run.gone(await run.server());
  expect(run.folders).toEqual([]);
}

for (const name of ['Vitest', 'Jest', 'Playwright Test']) {
  test(`${name}: one server, one log-in, no write lost, no port twice`, { timeout: 120_000 }, async () => {
    await expectShared(new Run(all, name), [name.split(' ')[0]?.toLowerCase() ?? '']);
  });
}

test('the same over three runners at once', { timeout: 180_000 }, async () => {
  const run = new Run(carpool, 'run', '--', process.execPath, all);
  await expectShared(run, ['vitest', 'jest', 'playwright']);
});

test('when a run is killed, its server ends', { timeout: 120_000 }, async () => {
  const run = new Run(...databaseAlone);
  const server = await run.server();
  run.kill();
  await run.gone(server);
  expect(run.folders).toEqual([]);
});

test.runIf(linux.holds)(
  `when a host is killed, its server ends and the tests fail${linux.reason}`,
  { timeout: 120_000 },
  async () => {
    const run = new Run(...databaseAlone);
    const server = await run.server();
    const [, hostPid = ''] = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? [];
    process.kill(Number(hostPid), 'SIGKILL');
    const [code, printed] = await run.output;
    if (code !== 1) throw new Error(`It ended with ${code}:\n${printed}`);
    await run.gone(server);
    expect(isAlive(Number(hostPid))).toBe(false);
  },
);
