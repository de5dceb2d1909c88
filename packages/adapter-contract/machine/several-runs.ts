/** Six runs of three runners at once, in six work trees of one repository, on a machine of their own; and kills among them. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { leftOver } from '@carpool/test-harness';
import { home, modules } from '../home.ts';
import { jest } from '../runners/jest.ts';
import { playwright } from '../runners/playwright.ts';
import type { Runner } from '../runners/runner.ts';
import { vitest } from '../runners/vitest.ts';
import { Journal, type Line } from './journal.ts';
import { Kills } from './kills.ts';
import { Run, type Environment, type RunEnd } from './run.ts';
import type { Kill } from './schedule.ts';
import { argsOf, makeWorkTrees, type Kind } from './work-trees.ts';

const runners: Readonly<Record<Kind, Runner>> = { vitest, jest, playwright };
/** Two of each runner. */
const kinds = ['vitest', 'jest', 'playwright', 'vitest', 'jest', 'playwright'] as const;
const names = kinds.map((kind, at) => `${kind}-${at}`);

/** Milliseconds for all runs together; then they are killed, and their output is shown. */
const timeout = 120_000;
/** Milliseconds between two looks at the journal: what writes it sends no message. */
const interval = 10;

/** Where the host of the machine is found, with its log. */
const machineFolder = /^carpool-\d+-machine-/;
/** What runners leave where they are killed: artifacts of Playwright, a cache of Vitest, and of Node for Jest. */
const leaves = [machineFolder, /^playwright-/, /^[\w-]{21}$/, /^node-compile-cache$/];

export class SeveralRuns implements AsyncDisposable {
  readonly journal: Journal;
  readonly names: readonly string[] = names;
  /** Kills of which nothing came: their victims had ended before. */
  missed: readonly Kill[] = [];
  readonly #place = mkdtempSync(join(tmpdir(), 'cp-'));
  readonly #folder = mkdtempSync(join(home, 'machine-'));
  readonly #temporary = join(this.#place, 'tmp');
  /** The tests go on once it is there. */
  readonly #gate = join(this.#place, 'gate');
  readonly #mark = randomUUID();
  readonly #env: Environment;
  readonly #trees: readonly string[];

  constructor() {
    mkdirSync(this.#temporary);
    this.journal = new Journal(join(this.#place, 'journal'));
    this.#env = {
      PATH: process.env['PATH'],
      HOME: this.#place,
      TMPDIR: this.#temporary,
      NO_COLOR: '1',
      NODE_COMPILE_CACHE: join(home, 'compile-cache'),
      RUN_JOURNAL: this.journal.file,
      RUN_GATE: this.#gate,
      // All that any of them starts carries it.
      RUN_MARK: this.#mark,
    };
    this.#trees = makeWorkTrees(this.#folder, names);
  }

  /** Starts all, kills what is due, and resolves when the last has ended. */
  async all(due: readonly Kill[]): Promise<RunEnd[]> {
    const runs = names.map((name, at) => this.#start(name, at, 'all'));
    const kills = new Kills(due, { runs, journal: this.journal, host: () => this.host() });
    const deadline = performance.now() + timeout;
    let over = false;
    const ends = Promise.all(runs.map((run) => run.ended)).finally(() => (over = true));
    const waiting = new Set(runs);
    while (!over) {
      for (const line of this.journal.more()) {
        kills.seen(line);
        if (line.event === 'begins') for (const run of waiting) if (run.name === line.run) waiting.delete(run);
      }
      kills.look();
      for (const run of waiting) if (run.isOver) waiting.delete(run);
      if (waiting.size === 0) writeFileSync(this.#gate, '');
      if (performance.now() > deadline) throw this.#late(runs);
      await pause(interval);
    }
    this.missed = kills.missed;
    this.journal.more();
    return await ends;
  }

  /** One run more, which finds out what the others have left. */
  async after(): Promise<RunEnd> {
    const end = await this.#start('after', 0, 'after').ended;
    this.journal.more();
    return end;
  }

  /** Runs the command `carpool`. */
  async command(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [join(modules, 'carpool/dist/cli.js'), ...args], {
      cwd: this.#folder,
      env: { ...this.#env } as NodeJS.ProcessEnv,
    });
    return stdout;
  }

  /** The pid of the host of the machine; undefined: none is found. */
  host(): number | undefined {
    const record = join(this.#machineFolder ?? '', 'host.json');
    // It is removed when its host ends.
    return existsSync(record) ? (JSON.parse(readFileSync(record, 'utf8')).pid as number) : undefined;
  }

  /** What the host of the machine has written. */
  get log(): string {
    const log = join(this.#machineFolder ?? '', 'log');
    return existsSync(log) ? readFileSync(log, 'utf8') : '';
  }

  /** Waits until no process and no file of all this is there, and returns what still is. */
  async left(): Promise<string[]> {
    const left = await leftOver(this.#mark, this.#temporary, leaves);
    const found = this.#machineFolder;
    // The log, and why its host has ended, which tests that come late are told.
    const stays: ReadonlySet<string> = new Set(['log', 'log.ended']);
    return [...left, ...(found === undefined ? [] : readdirSync(found).filter((name) => !stays.has(name)))];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.journal.close();
    await this.left(); // it ends the processes
    for (const folder of [this.#place, this.#folder]) rmSync(folder, { recursive: true, force: true });
  }

  get #machineFolder(): string | undefined {
    const [name] = readdirSync(this.#temporary).filter((entry) => machineFolder.test(entry));
    return name === undefined ? undefined : join(this.#temporary, name);
  }

  #start(name: string, at: number, tests: 'all' | 'after'): Run {
    const kind = kinds[at] ?? 'vitest';
    return new Run({
      name,
      runner: runners[kind],
      folder: this.#trees[at] ?? '',
      args: argsOf[kind](tests),
      env: this.#env,
    });
  }

  #late(runs: readonly Run[]): Error {
    const going = runs.filter((run) => !run.isOver);
    const shown = going.map(({ name, output }) => `${name}:\n${output.slice(-2_000)}`);
    for (const run of going) run.kill('SIGKILL');
    const lines = this.journal.lines.slice(-30).map((line: Line) => JSON.stringify(line));
    return new Error(
      `Not over in ${Math.round(timeout)} ms:\n${shown.join('\n')}\nThe end of the journal:\n${lines.join('\n')}`,
    );
  }
}
