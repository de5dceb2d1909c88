/** One run of a runner: its real command, in a process group and a temporary folder of its own. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leftOver, processesWith } from './census.ts';
import type { Results, RunnerFacts, TestResult } from './runner.ts';

/** Where the host of a machine is found; the folder stays for the next run. */
const machineFolder = /^carpool-\d+-machine-/;

/** Milliseconds until a runner is killed, or its silence is an error. Long enough for a busy machine. */
const defaultTimeout = 120_000;

export interface RunOptions {
  /** Environment variables besides those of the runner. */
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs the runner, such as `carpool run --`. */
  readonly under?: readonly string[];
  /** Milliseconds until the runner is killed. Default 120,000. */
  readonly timeout?: number;
  /** Names of files that may be left behind. */
  readonly leaves?: RegExp;
}

export interface Outcome<Test extends TestResult = TestResult> extends Results<Test> {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
  /** What the runner printed and must not print. */
  readonly complaint: string | undefined;
  /** Processes, sockets and files that should be gone. */
  readonly left: readonly string[];
}

export class Running<Test extends TestResult = TestResult> {
  readonly process: ChildProcessWithoutNullStreams;
  /** Resolves when the runner has ended, and everything that it started has ended or has run out of time. */
  readonly outcome: Promise<Outcome<Test>>;
  /** Both streams, in the order in which they came. */
  output = '';
  readonly #runner: RunnerFacts<Test>;
  readonly #mark = randomUUID();
  readonly #temporary = mkdtempSync(join(tmpdir(), 'cp-'));
  readonly #results: string;
  #seen = 0;
  #stdout = '';
  #stderr = '';
  #wake: () => void = () => {};

  constructor(runner: RunnerFacts<Test>, folder: string, args: readonly string[], options: RunOptions) {
    this.#runner = runner;
    this.#results = join(folder, `results-${this.#mark}.json`);
    const command = [process.execPath, ...runner.command(args, this.#results)];
    const [file = '', ...rest] = [...(options.under ?? []), ...command];
    this.process = spawn(file, rest, {
      cwd: folder,
      // An open stdin, as in a terminal. Playwright's test server ends with its stdin.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        NO_COLOR: '1',
        TMPDIR: this.#temporary,
        // It outlives runs; by default Node keeps it in the temporary folder.
        NODE_COMPILE_CACHE: join(runner.home, 'compile-cache'),
        // The name does not begin with CARPOOL_: those variables do not reach the children.
        RUN_MARK: this.#mark,
        ...runner.env?.(this.#results),
        ...options.env,
      },
    });
    this.process.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#add(text);
    });
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#add(text);
    });
    this.outcome = this.#finish(options);
  }

  /** Resolves when the process exists. */
  async started(): Promise<void> {
    if (this.process.pid === undefined) await new Promise((resolve) => this.process.once('spawn', resolve));
  }

  /** Sends a signal; SIGINT to the whole process group, as Ctrl-C in a terminal does. */
  kill(signal: NodeJS.Signals): void {
    const { pid } = this.process;
    if (pid !== undefined && !this.#ended) process.kill(signal === 'SIGINT' ? -pid : pid, signal);
  }

  /** The pid of the host. */
  host(): number {
    const [host] = this.hosts();
    if (host === undefined) throw new Error('There is no host');
    return host;
  }

  /** The pids of all hosts of this run. */
  hosts(): number[] {
    const hosts = processesWith(this.#mark).filter((line) => line.includes('host-main.js'));
    return hosts.map((line) => Number.parseInt(line, 10));
  }

  /** Resolves when this was printed after the text that the previous call found. */
  async until(what: RegExp): Promise<RegExpExecArray> {
    const found = await this.printed(what, this.#seen);
    this.#seen += found.index + found[0].length;
    return found;
  }

  /**
   * Resolves when this was printed, at any time or after this number of characters. Use it for text on the other stream
   * than the text before: two streams may arrive in a different order than they were written.
   */
  async printed(what: RegExp, from = 0): Promise<RegExpExecArray> {
    const deadline = AbortSignal.timeout(defaultTimeout);
    deadline.addEventListener('abort', () => this.#wake());
    for (;;) {
      const found = what.exec(this.output.slice(from));
      if (found !== null) return found;
      if (deadline.aborted || this.#ended) {
        throw new Error(`The runner did not print ${what}. It printed:\n${this.output}`);
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  get #ended(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  #add(text: string): void {
    this.output += text;
    this.#wake();
  }

  async #finish({ timeout = defaultTimeout, leaves }: RunOptions): Promise<Outcome<Test>> {
    const timer = setTimeout(() => this.process.kill('SIGKILL'), timeout);
    const code = await new Promise<number | null>((resolve) => this.process.once('close', resolve));
    clearTimeout(timer);
    this.#wake();
    endMachineHost(this.#temporary);
    const tolerated = [this.#runner.leaves, leaves, machineFolder].filter((one) => one !== undefined);
    const left = await leftOver(this.#mark, this.#temporary, tolerated);
    rmSync(this.#temporary, { recursive: true, force: true });
    const complaint = this.#runner.complaint.exec(this.output)?.[0];
    const said = { stdout: this.#stdout, stderr: this.#stderr, output: this.output };
    return { code, ...said, complaint, left, ...this.#readResults() };
  }

  #readResults(): Results<Test> {
    const json = existsSync(this.#results) ? readFileSync(this.#results, 'utf8') : '';
    // Missing or incomplete if the runner was killed.
    return json.trimEnd().endsWith('}') ? this.#runner.read(json) : { tests: [], files: [], errors: [] };
  }
}

/** The host of the machine goes on for a minute after the last run, and a test is not to wait for that. */
function endMachineHost(temporary: string): void {
  for (const name of readdirSync(temporary).filter((entry) => machineFolder.test(entry))) {
    const record = join(temporary, name, 'host.json');
    if (existsSync(record)) process.kill(JSON.parse(readFileSync(record, 'utf8')).pid, 'SIGTERM');
  }
}
