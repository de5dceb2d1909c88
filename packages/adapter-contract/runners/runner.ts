/** What the contract has to know of a runner. */
import type { FileSpec, TestSpec } from '../contract/files.ts';
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
  /** Its kinds of workers. */
  readonly modes: readonly Mode[];
  /** A test file in the words of this runner: its name and its text. */
  render(spec: FileSpec): readonly [string, string];
  /** Arguments for Node that run all tests, and write their results as JSON. */
  command(modules: string, results: string, args?: readonly string[]): readonly string[];
  readonly env?: (results: string) => Readonly<Record<string, string>>;
  read(json: unknown): TestResult[];
  /** Runs the tests twice in one session of the runner, after an edit, and ends it. */
  rerun(project: Project): Promise<void>;
}

export interface Mode {
  readonly name: string;
  readonly args: readonly string[];
}

/** What a test gets, and hands to its body. */
export const givenTo = ({ fixture }: TestSpec): readonly [parameters: string, argument: string] =>
  fixture === undefined ? ['', 'undefined'] : [`{ ${fixture} }`, fixture];

/** How an ES module loads them. */
export const bodiesOf = (module: string): string =>
  module.endsWith('.mjs')
    ? `import bodies from './${module}';\n`
    : `import { createRequire } from 'node:module';\n\nconst bodies = createRequire(import.meta.url)('./${module}');`;

export const words = (text: string): string => JSON.stringify(text);
