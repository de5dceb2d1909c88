/** The contract laid out for one runner, and runs of its real command. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FileSpec } from '../contract/files.ts';
import type { Mode, Runner, TestResult } from '../runners/runner.ts';
import { leftOver } from './census.ts';
import { core, home, modules } from './packages.ts';

/** What a body saw: see contract/project/bodies.cjs. */
export interface Note {
  readonly file: string;
  readonly id: string;
  readonly found?: string;
  readonly pid?: number;
  readonly sessions?: readonly string[];
  readonly ended?: string;
  readonly late?: string;
  readonly code?: string;
  readonly words?: string;
  readonly by?: string;
  readonly event?: string;
  readonly of?: string;
  readonly testWorker?: string;
  readonly [other: string]: unknown;
}

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly tests: readonly TestResult[];
  /** Processes, sockets and files that should be gone. */
  readonly left: readonly string[];
}

const template = join(import.meta.dirname, '../contract/project');
/** Milliseconds until a runner is killed, or its silence is an error. */
const patience = 60_000;

export class Project implements Disposable {
  readonly folder: string;
  readonly modules = modules;
  /** What a run left behind, from those that see to it themselves. */
  readonly left: string[] = [];
  readonly #runner: Runner;

  constructor(runner: Runner, files: readonly FileSpec[]) {
    this.#runner = runner;
    this.folder = mkdtempSync(join(home, `${runner.name.split(' ')[0]?.toLowerCase()}-`));
    cpSync(template, this.folder, { recursive: true });
    cpSync(join(core, 'test/programs/talk.mjs'), join(this.folder, 'talk.mjs'));
    const texts = { 'package.json': '{ "private": true }\n', ...runner.files };
    for (const [file, text] of [...Object.entries(texts), ...files.map((spec) => runner.render(spec))]) {
      writeFileSync(join(this.folder, file), text);
    }
  }

  start(command?: readonly string[]): Running {
    return new Running(this.folder, this.#runner, () => command);
  }

  /** All tests, in this kind of workers. */
  startIn(mode: Mode): Running {
    return new Running(this.folder, this.#runner, (results) => this.#runner.command(modules, results, mode.args));
  }

  /** As somebody who saves it in an editor. */
  touch(file: string): void {
    appendFileSync(join(this.folder, file), '\n');
  }

  notes(file: string): Note[] {
    const log = join(this.folder, 'log.jsonl');
    const written = existsSync(log) ? readFileSync(log, 'utf8') : '';
    // What follows the last end of a line is still being written.
    const lines = written.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Note).filter((note) => note.file === file);
  }

  /** Resolves when there are so many notes. */
  async noted(file: string, count: number): Promise<Note[]> {
    const deadline = performance.now() + patience;
    // It is written by strangers' processes.
    while (this.notes(file).length < count) {
      if (performance.now() > deadline) throw new Error(`There are not ${count} notes of ${file}`);
      await pause(20);
    }
    return this.notes(file);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Running {
  /** When the runner has gone and so has all that it started, or should have. */
  readonly outcome: Promise<Outcome>;
  output = '';
  readonly #process: ChildProcess;
  #wake: () => void = () => {};

  constructor(folder: string, runner: Runner, command: (results: string) => readonly string[] | undefined) {
    const mark = randomUUID();
    const temporary = mkdtempSync(join(tmpdir(), 'cp-'));
    const results = join(folder, `results-${mark}.json`);
    this.#process = spawn(process.execPath, command(results) ?? runner.command(modules, results), {
      cwd: folder,
      // A group of its own, as a terminal gives it. A test server ends with its stdin.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        NO_COLOR: '1',
        TMPDIR: temporary,
        PWTEST_CACHE_DIR: join(home, 'playwright-cache'),
        // Not CARPOOL_…: that would not reach the children.
        RUN_MARK: mark,
        ...runner.env?.(results),
      },
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.#wake();
      });
    }
    this.outcome = this.#finish(mark, temporary, (): TestResult[] => {
      const json = existsSync(results) ? readFileSync(results, 'utf8') : '';
      // Missing, or broken off, if the runner was killed.
      return json.trimEnd().endsWith('}') ? runner.read(JSON.parse(json)) : [];
    });
  }

  /** Ctrl-C, as a terminal does it: the whole group gets it. */
  interrupt(): void {
    const { pid, exitCode } = this.#process;
    if (pid !== undefined && exitCode === null) process.kill(-pid, 'SIGINT');
  }

  /** Resolves when this was printed. */
  async until(what: RegExp): Promise<RegExpExecArray> {
    const deadline = AbortSignal.timeout(patience);
    deadline.addEventListener('abort', () => this.#wake());
    for (;;) {
      const found = what.exec(this.output);
      if (found !== null) return found;
      if (deadline.aborted || this.#process.exitCode !== null) {
        throw new Error(`The runner did not print ${what}. It printed:\n${this.output}`);
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async #finish(mark: string, temporary: string, read: () => TestResult[]): Promise<Outcome> {
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), patience);
    const code = await new Promise<number | null>((resolve) => this.#process.once('close', resolve));
    clearTimeout(timer);
    this.#wake();
    const left = await leftOver(mark, temporary);
    rmSync(temporary, { recursive: true, force: true });
    return { code, output: this.output, left, tests: read() };
  }
}
