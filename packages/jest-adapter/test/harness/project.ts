/** A project of `test/projects`, laid out beside a major version of Jest and run by its real command. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leftOver } from './census.ts';
import { folderOf, jestOf, type Major } from './majors.ts';

const compiler = join(import.meta.dirname, '../../../../node_modules/.bin/tsc');
const projects = join(import.meta.dirname, '../projects');

export interface TestResult {
  readonly file: string;
  readonly name: string;
  readonly status: string;
  readonly messages: readonly string[];
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
  readonly env?: Readonly<Record<string, string>>;
}

export class Project {
  readonly folder: string;
  readonly major: Major;

  constructor(major: Major, name: string) {
    this.major = major;
    this.folder = mkdtempSync(join(folderOf(major), `${name}-`));
    cpSync(join(projects, name), this.folder, { recursive: true });
    for (const shared of ['child.mjs', 'packed.mjs', 'echo.mjs'])
      cpSync(join(projects, shared), join(this.folder, shared));
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  exists(file: string): boolean {
    return existsSync(join(this.folder, file));
  }

  remove(file: string): void {
    rmSync(join(this.folder, file));
  }

  edit(file: string, from: string, to: string): void {
    const text = this.read(file);
    if (!text.includes(from)) throw new Error(`${file} does not contain ${JSON.stringify(from)}`);
    this.write(file, text.replace(from, to));
  }

  run(args: readonly string[] = [], options: RunOptions = {}): Promise<Outcome> {
    return this.start(args, options).outcome;
  }

  /** What the compiler finds wrong. */
  compile(): Promise<string> {
    return new Promise((resolve) =>
      execFile(compiler, ['-p', '.'], { cwd: this.folder }, (_, stdout) => resolve(stdout)),
    );
  }

  start(args: readonly string[], options: RunOptions = {}): Running {
    return new Running(this.major, this.folder, args, options);
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
  readonly #mark = randomUUID();
  #seen = 0;
  #stdout = '';
  #stderr = '';
  #wake: () => void = () => {};

  constructor(major: Major, folder: string, args: readonly string[], options: RunOptions) {
    const temporary = mkdtempSync(join(tmpdir(), 'cp-'));
    const results = join(folder, `results-${this.#mark}.json`);
    const own = args.some((arg) => arg.startsWith('--json') || arg.startsWith('--watch') || arg === '--listTests');
    const reported = own ? [] : ['--json', `--outputFile=${results}`];
    const cache = `--cacheDirectory=${join(folderOf(major), 'cache')}`;
    this.process = spawn(
      process.execPath,
      [join(jestOf(major), 'bin/jest.js'), '--no-watchman', cache, ...reported, ...args],
      {
        cwd: folder,
        stdio: ['pipe', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          HOME: process.env['HOME'],
          NO_COLOR: '1',
          TMPDIR: temporary,
          CARPOOL_TEST_RUN: this.#mark,
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
    this.outcome = this.#finish(temporary, results, options.timeout ?? 60_000);
  }

  /** Resolves when this was printed, after what was waited for before. */
  async until(what: RegExp, timeout = 30_000): Promise<string> {
    const deadline = AbortSignal.timeout(timeout);
    deadline.addEventListener('abort', () => this.#wake());
    for (;;) {
      const found = what.exec(this.output.slice(this.#seen));
      if (found !== null) {
        this.#seen += found.index + found[0].length;
        return found[0];
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

  async #finish(temporary: string, results: string, timeout: number): Promise<Outcome> {
    const timer = setTimeout(() => this.process.kill('SIGKILL'), timeout);
    const code = await new Promise<number | null>((resolve) => this.process.once('close', resolve));
    clearTimeout(timer);
    this.#wake();
    const left = await leftOver(this.#mark, temporary);
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
    }[];
  }[];
}

function readResults(file: string): Pick<Outcome, 'tests' | 'files'> {
  if (!existsSync(file)) return { tests: [], files: [] };
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as JsonResults;
  return {
    files: testResults.map(({ name, message }) => ({ file: name, message })),
    tests: testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ fullName, status, failureMessages }) => ({
        file: name,
        name: fullName,
        status,
        messages: failureMessages ?? [],
      })),
    ),
  };
}
