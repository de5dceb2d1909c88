/**
 * The tests of a dialect package in the three runners: the package gives its config, the bodies of its test files and
 * its checks. `packages/json-rpc/test/contract-runners.test.ts` is the model.
 */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe } from 'vitest';
import { testFiles, type TestFiles } from './dialect-files.ts';
import { Project } from './project.ts';
import { threeRunners, type NamedRunner } from './runners.ts';
import type { Outcome } from './running.ts';

export interface DialectSuite extends TestFiles {
  /** The folder of the package. Projects are laid out inside of it, so that they find the package by its name. */
  readonly folder: string;
  /** How the names of the projects' folders begin. */
  readonly name: string;
  /** The text of `carpool.config.mjs`. */
  readonly config: string;
  /** Files, and folders whose contents are copied. The folder of `module` is one without being named. */
  readonly sources?: readonly string[];
  /** Arguments of a runner, besides those of every run. */
  readonly args?: Readonly<Partial<Record<NamedRunner['name'], readonly string[]>>>;
  /** A test kills its worker. Default false. */
  readonly killsWorkers?: boolean;
  /** Environment variables of a run in this folder. */
  env?(folder: string): Readonly<Record<string, string>>;
}

/** The run that the checks look at. Its parts are there while tests run, not while they are declared. */
export interface DialectRun {
  readonly runner: NamedRunner;
  readonly outcome: Outcome;
  readonly project: Project;
}

/**
 * Runs the files of a suite once in each runner, and declares its checks beside that run.
 *
 * @param title - the name of the runner follows it
 */
export function describeInRunners(title: string, suite: DialectSuite, checks: (run: DialectRun) => void): void {
  describe.for(runnersOf(suite))(`${title} $name`, (runner) => {
    let project: Project | undefined;
    let outcome: Outcome | undefined;

    beforeAll(async () => {
      project = await layOutDialect(runner, suite);
      const args = [...runner.all, ...(suite.args?.[runner.name] ?? [])];
      outcome = await project.run(args, { env: suite.env?.(project.folder) ?? {} });
    }, 180_000);
    afterAll(() => project?.[Symbol.dispose]());

    checks({
      runner,
      get outcome() {
        return madeBeforeTests(outcome);
      },
      get project() {
        return madeBeforeTests(project);
      },
    });
  });
}

/** The runners that are installed beside the package of a suite. */
export function runnersOf({ folder, killsWorkers = false }: DialectSuite): readonly NamedRunner[] {
  const { resolve } = createRequire(join(folder, 'package.json'));
  const program = (name: string, file: string): string => join(dirname(resolve(`${name}/package.json`)), file);
  return threeRunners(join(folder, '.tmp'), program, killsWorkers);
}

function madeBeforeTests<Made>(made: Made | undefined): Made {
  if (made === undefined) throw new Error('The run is there inside of tests only');
  return made;
}

/** The files of a suite in a folder of their own, for a test that runs them by itself. */
export async function layOutDialect(runner: NamedRunner, suite: DialectSuite): Promise<Project> {
  mkdirSync(runner.home, { recursive: true });
  const prefix = `${suite.name}-${runner.name.split(' ')[0]?.toLowerCase()}`;
  const project = new Project(runner, prefix, [dirname(suite.module), ...(suite.sources ?? [])]);
  const files = { 'carpool.config.mjs': suite.config, ...testFiles(runner.name, suite) };
  for (const [file, text] of Object.entries(files)) project.write(file, text);
  if (runner.name === 'Jest') await compile(suite.module, project);
  return project;
}

/** Jest takes CommonJS. */
async function compile(module: string, project: Project): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: module,
      outDir: project.folder,
      emptyOutDir: false,
      rolldownOptions: { output: { format: 'cjs', entryFileNames: `${basename(module, '.ts')}.cjs` } },
    },
  });
}
