/** A fixture project, copied beside the packages that it uses. */
import { execFile } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { RunnerFacts, TestResult } from './runner.ts';
import { Running, type Outcome, type RunOptions } from './running.ts';

/** The commands of the workspace. */
export const binaries: string = join(import.meta.dirname, '../../../node_modules/.bin');

/** Files that projects of several runners share. */
export const fixtures: string = join(import.meta.dirname, '../fixtures');

export class Project<Test extends TestResult = TestResult> implements Disposable {
  readonly folder: string;
  readonly #runner: RunnerFacts<Test>;

  /**
   * @param name - how the name of its folder begins
   * @param sources - files, and folders whose contents are copied; later ones overwrite earlier ones
   */
  constructor(runner: RunnerFacts<Test>, name: string, sources: readonly string[]) {
    this.#runner = runner;
    this.folder = mkdtempSync(join(runner.home, `${name}-`));
    for (const source of sources) {
      const to = statSync(source).isDirectory() ? this.folder : this.path(basename(source));
      cpSync(source, to, { recursive: true });
    }
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  write(file: string, text: string): void {
    writeFileSync(this.path(file), text);
  }

  read(file: string): string {
    return readFileSync(this.path(file), 'utf8');
  }

  /** The values of a file of JSON lines, up to its last whole line. */
  readLines<Line>(file: string): Line[] {
    const lines = this.exists(file) ? this.read(file).split('\n').slice(0, -1) : [];
    return lines.map((line) => JSON.parse(line) as Line);
  }

  exists(file: string): boolean {
    return existsSync(this.path(file));
  }

  remove(file: string): void {
    rmSync(this.path(file));
  }

  /** @throws if the file does not contain `from` */
  edit(file: string, from: string, to: string): void {
    const text = this.read(file);
    if (!text.includes(from)) throw new Error(`${file} does not contain ${JSON.stringify(from)}`);
    this.write(file, text.replace(from, to));
  }

  /** Saves a file again, as an editor does, with one line more. */
  touch(file: string): void {
    appendFileSync(this.path(file), '\n');
  }

  /** The errors of the type checker; empty if there are none. */
  check(): Promise<string> {
    const args = ['-p', '.'];
    return new Promise((resolve) =>
      execFile(join(binaries, 'tsc'), args, { cwd: this.folder }, (_error, stdout) => resolve(stdout)),
    );
  }

  /** Runs the runner until it ends. */
  run(args: readonly string[] = [], options: RunOptions = {}): Promise<Outcome<Test>> {
    return this.start(args, options).outcome;
  }

  start(args: readonly string[] = [], options: RunOptions = {}): Running<Test> {
    return new Running(this.#runner, this.folder, args, options);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
