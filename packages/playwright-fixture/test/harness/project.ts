/** A project of `test/projects`, laid out beside the packages and run by Playwright's real command. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leftOver } from './census.ts';
import { cache, home, playwright } from './packages.ts';
import { readResults, type Results } from './results.ts';

const projects = join(import.meta.dirname, '../projects');
const checker = join(import.meta.dirname, '../../../../node_modules/.bin/tsc');

export interface Outcome extends Results {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Processes, sockets and files that should be gone. */
  readonly left: readonly string[];
}

export interface RunOptions {
  /** Milliseconds until the runner is killed. Default 60,000. */
  readonly timeout?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** In a process group of its own, which can be sent a signal as a terminal does. */
  readonly detached?: boolean;
}

export class Project {
  readonly folder: string;

  constructor(name: string) {
    this.folder = mkdtempSync(join(home, `${name}-`));
    cpSync(join(projects, name), this.folder, { recursive: true });
    cpSync(join(projects, 'child.mjs'), join(this.folder, 'child.mjs'));
    this.#ensure('package.json', `{ "private": true, "type": "module" }\n`);
    this.#ensure('carpool.config.ts', readFileSync(join(projects, 'carpool.config.ts'), 'utf8'));
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  edit(file: string, from: string, to: string): void {
    const text = this.read(file);
    if (!text.includes(from)) throw new Error(`${file} does not contain ${JSON.stringify(from)}`);
    this.write(file, text.replace(from, to));
  }

  /** What the type checker complains of. */
  check(): Promise<string> {
    return new Promise((resolve) => execFile(checker, ['-p', this.folder], (_error, stdout) => resolve(stdout)));
  }

  run(args: readonly string[] = [], options: RunOptions = {}): Promise<Outcome> {
    return this.start(['test', ...args], options).outcome;
  }

  start(args: readonly string[], options: RunOptions = {}): Running {
    return new Running(this.folder, args, options);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #ensure(file: string, text: string): void {
    if (!existsSync(join(this.folder, file))) this.write(file, text);
  }
}

export class Running {
  readonly process: ChildProcess;
  /** When the runner has gone and so has all that it started, or should have. */
  readonly outcome: Promise<Outcome>;
  /** Both streams, in the order in which they came. */
  output = '';
  #seen = 0;
  #stdout = '';
  #stderr = '';
  #wake: () => void = () => {};

  constructor(folder: string, args: readonly string[], options: RunOptions) {
    const mark = randomUUID();
    const temporary = mkdtempSync(join(tmpdir(), 'cp-'));
    const results = join(folder, `results-${mark}.json`);
    const ownReporters = args[0] !== 'test' || args.some((arg) => arg.startsWith('--reporter='));
    const output = args[0] === 'test' ? [`--output=${join(folder, 'output', mark)}`] : [];
    this.process = spawn(
      process.execPath,
      [join(playwright, 'cli.js'), ...args, ...output, ...(ownReporters ? [] : ['--reporter=list,json'])],
      {
        cwd: folder,
        detached: options.detached ?? false,
        // A test server ends with its stdin.
        stdio: ['pipe', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          HOME: process.env['HOME'],
          FORCE_COLOR: '0',
          TMPDIR: temporary,
          PWTEST_CACHE_DIR: cache,
          PLAYWRIGHT_JSON_OUTPUT_FILE: results,
          // Not CARPOOL_…: that would not reach the children.
          RUN_MARK: mark,
          ...options.env,
        },
      },
    );
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#add(text);
    });
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#add(text);
    });
    this.outcome = this.#finish(mark, temporary, results, options.timeout ?? 60_000);
  }

  /** Resolves when this was printed, after what was waited for before. */
  async until(what: RegExp, timeout = 30_000): Promise<RegExpExecArray> {
    const deadline = AbortSignal.timeout(timeout);
    deadline.addEventListener('abort', () => this.#wake());
    for (;;) {
      const found = what.exec(this.output.slice(this.#seen));
      if (found !== null) {
        this.#seen += found.index + found[0].length;
        return found;
      }
      if (deadline.aborted || this.process.exitCode !== null) {
        throw new Error(`The runner did not print ${what}. It printed:\n${this.output}`);
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #add(text: string): void {
    this.output += text;
    this.#wake();
  }

  async #finish(mark: string, temporary: string, results: string, timeout: number): Promise<Outcome> {
    const timer = setTimeout(() => this.process.kill('SIGKILL'), timeout);
    const code = await new Promise<number | null>((resolve) => this.process.once('close', resolve));
    clearTimeout(timer);
    this.#wake();
    const left = await leftOver(mark, temporary);
    rmSync(temporary, { recursive: true, force: true });
    return { code, stdout: this.#stdout, stderr: this.#stderr, left, ...readResults(results) };
  }
}
