/** What the contract needs to know about a runner. */
import type { Outcome, Project, RunnerFacts } from '@carpool/test-harness';
import type { FileSpec, TestSpec } from '../contract/files.ts';

/** `command` of these facts gets the whole command of the runner. */
export interface Runner extends RunnerFacts {
  readonly name: string;
  /** Files besides those of the tests, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Arguments that run all tests once. */
  readonly all: readonly string[];
  /** Its kinds of workers. */
  readonly modes: readonly Mode[];
  /** A test file in the syntax of this runner: its name and its text. */
  render(spec: FileSpec): readonly [string, string];
  /** Runs the tests twice in one session of the runner, after an edit, and ends it. */
  rerun(project: WatchedProject): Promise<Outcome>;
}

export interface WatchedProject extends Pick<Project, 'start' | 'touch'> {
  /** Resolves when the bodies of this test file have written this number of notes. */
  noted(file: string, count: number): Promise<unknown>;
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
