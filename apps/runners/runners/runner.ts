/** What the contract has to know of a runner. */
import type { FileSpec } from '../contract/files.ts';
import type { Project } from '../harness/project.ts';

export interface TestResult {
  readonly file: string;
  readonly name: string;
  readonly status: 'passed' | 'failed';
  readonly messages: readonly string[];
}

export interface Runner {
  readonly name: string;
  /** Files besides those of the tests, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** A test file in the words of this runner: its name and its text. */
  render(spec: FileSpec): readonly [string, string];
  /** Arguments for Node that run all tests, and write their results as JSON. */
  command(modules: string, results: string): readonly string[];
  readonly env?: (results: string) => Readonly<Record<string, string>>;
  read(json: unknown): TestResult[];
  /** Runs the tests twice in one session of the runner, after an edit, and ends it. */
  rerun(project: Project): Promise<void>;
}

export const words = (text: string): string => JSON.stringify(text);
