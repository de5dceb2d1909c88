/** A project of `test/projects`, laid out beside a major version of Vitest and run by its real command. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { leftOver, processesWith } from './census.ts';
import { folderOf, vitestOf, type Major } from './majors.ts';

const projects = join(import.meta.dirname, '../projects');
const binaries = join(import.meta.dirname, '../../../../node_modules/.bin');

export interface TestResult {
  readonly file: string;
  readonly name: string;
  readonly status: string;
  readonly messages: readonly string[];
  readonly meta: Record<string, unknown>;
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tests: readonly TestResult[];
  /** Failures that belong to no test. */
  readonly files: readonly { readonly file: string; readonly message: string }[];
  /** Processes, sockets and files that should be gone. */
  readonly left: readonly string[];
}

export interface RunOptions {
  /** Milliseconds until the runner is killed. Default 60,000. */
  readonly timeout?: number;
  /** Put before the runner: `carpool run --` and its like. */
  readonly under?: readonly string[];
  /** What may be left behind. */
  readonly leaves?: RegExp;
}

export class Project {
  readonly folder: string;
  readonly #major: Major;

  constructor(major: Major, name: string) {
    this.#major = major;
    this.folder = mkdtempSync(join(folderOf(major), `${name}-`));
    cpSync(join(projects, name), this.folder, { recursive: true });
    cpSync(join(projects, 'child.mjs'), join(this.folder, 'child.mjs'));
  }

  write(file: string, content: string): void {
    writeFileSync(join(this.folder, file), content);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  edit(file: string, from: string, to: string): void {
    const content = this.read(file);
    if (!content.includes(from)) throw new Error(`${file} does not contain ${JSON.stringify(from)}`);
    this.write(file, content.replace(from, to));
  }

  /** What the type checker complains of. */
  async check(): Promise<string> {
    const checker = spawn(join(binaries, 'tsc'), ['-p', this.folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    return text(checker.stdout);
  }

  run(args: readonly string[] = [], options: RunOptions = {}): Promise<Outcome> {
    return this.start(['run', ...args], options).outcome;
  }

  start(args: readonly string[], options: RunOptions = {}): Running {
    return new Running(this.#major, this.folder, args, options);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
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
  readonly #mark = randomUUID();

  constructor(major: Major, folder: string, args: readonly string[], options: RunOptions) {
    const temporary = mkdtempSync(join(tmpdir(), 'cp-'));
    const results = join(folder, `results-${this.#mark}.json`);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
    const ownReporters = args.some((arg) => arg === 'list' || arg.startsWith('--reporter='));
    const runner = [process.execPath, join(vitestOf(major), 'vitest.mjs')];
    const [file = '', ...rest] = [...(options.under ?? []), ...runner, ...args, ...(ownReporters ? [] : reporters)];
    this.process = spawn(file, rest, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, as a terminal gives it.
      detached: true,
      env: {
        // Vitest looks there for the type checker.
        PATH: `${binaries}:${process.env['PATH']}`,
        HOME: process.env['HOME'],
        NO_COLOR: '1',
        TMPDIR: temporary,
        CARPOOL_TEST_RUN: this.#mark,
      },
    });
    this.process.stdout?.setEncoding('utf8').on('data', (words: string) => {
      this.#stdout += words;
      this.#add(words);
    });
    this.process.stderr?.setEncoding('utf8').on('data', (words: string) => {
      this.#stderr += words;
      this.#add(words);
    });
    this.outcome = this.#finish(temporary, results, options);
  }

  /** As a terminal does it: the runner and its workers get the signal, the host is in a group of its own. */
  kill(signal: NodeJS.Signals): void {
    const { pid, exitCode } = this.process;
    if (pid !== undefined && exitCode === null) process.kill(signal === 'SIGINT' ? -pid : pid, signal);
  }

  /** Resolves when the process exists. */
  async started(): Promise<void> {
    if (this.process.pid === undefined) await new Promise((resolve) => this.process.once('spawn', resolve));
  }

  /** The pid of the host. */
  host(): number {
    const [host] = this.hosts();
    if (host === undefined) throw new Error('There is no host');
    return host;
  }

  /** The pids of all hosts. */
  hosts(): number[] {
    const hosts = processesWith(this.#mark).filter((line) => line.includes('host-main.js'));
    return hosts.map((line) => Number.parseInt(line, 10));
  }

  /** Resolves with what was printed after what was waited for before. */
  async until(what: RegExp): Promise<string> {
    const from = this.#seen;
    const found = await this.printed(what, from);
    this.#seen = this.output.indexOf(found, from) + found.length;
    return found;
  }

  /** Resolves when this was printed: the two streams may come in another order than they were written. */
  async printed(what: RegExp, from = 0): Promise<string> {
    const deadline = AbortSignal.timeout(30_000);
    deadline.addEventListener('abort', () => this.#wake());
    for (;;) {
      const found = what.exec(this.output.slice(from));
      if (found !== null) return found[0];
      if (deadline.aborted || this.process.exitCode !== null) {
        throw new Error(`The runner did not print ${what}. It printed:\n${this.output}`);
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #add(words: string): void {
    this.output += words;
    this.#wake();
  }

  async #finish(temporary: string, results: string, { timeout = 60_000, leaves }: RunOptions): Promise<Outcome> {
    const timer = setTimeout(() => this.process.kill('SIGKILL'), timeout);
    const code = await new Promise<number | null>((resolve) => this.process.once('close', resolve));
    clearTimeout(timer);
    this.#wake();
    const left = await leftOver(this.#mark, temporary, leaves);
    rmSync(temporary, { recursive: true, force: true });
    return { code, stdout: this.#stdout, stderr: this.#stderr, left, ...readResults(results) };
  }
}

interface JsonResults {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
      readonly meta?: Record<string, unknown>;
    }[];
  }[];
}

function readResults(file: string): Pick<Outcome, 'tests' | 'files'> {
  const json = existsSync(file) ? readFileSync(file, 'utf8') : '';
  // Missing, or broken off, if the runner was killed.
  const { testResults } = (json.endsWith('}') ? JSON.parse(json) : { testResults: [] }) as JsonResults;
  return {
    files: testResults.map(({ name, message }) => ({ file: name, message })),
    tests: testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ fullName, status, failureMessages, meta }) => ({
        file: name,
        name: fullName,
        status,
        messages: failureMessages ?? [],
        meta: meta ?? {},
      })),
    ),
  };
}
