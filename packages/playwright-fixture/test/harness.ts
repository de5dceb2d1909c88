/** Playwright Test in a folder beside this package, as a user has it. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  above,
  fixtures,
  installed,
  layOut,
  Project as FixtureProject,
  type Outcome,
  type RunnerFacts,
  type RunOptions,
} from '@carpool/test-harness';
import { readPlaywright, type PlaywrightResult } from '@carpool/test-harness/playwright';

const adapter = join(import.meta.dirname, '..');
const temporary = join(adapter, '.tmp');
const projects = join(import.meta.dirname, 'projects');
const playwright = installed(adapter, '@playwright/test');

/** Projects are laid out in there. */
export const home: string = join(temporary, 'home');

/** Global setup of this suite. */
export default function setup(): void {
  const core = installed(adapter, 'carpool');
  rmSync(temporary, { recursive: true, force: true });
  layOut(join(home, 'node_modules'), {
    copied: { '@carpool/playwright': adapter, carpool: core },
    linked: {
      '@playwright/test': playwright,
      '@types/node': above(adapter, '@types/node'),
      'carpool/node_modules': join(core, 'node_modules'),
    },
  });
}

const facts: RunnerFacts<PlaywrightResult> = {
  home,
  command(args, results) {
    const ownReporters = args[0] !== 'test' || args.some((arg) => arg.startsWith('--reporter='));
    const output = args[0] === 'test' ? [`--output=${results}-output`] : [];
    const reporters = ownReporters ? [] : ['--reporter=list,json'];
    return [join(playwright, 'cli.js'), ...args, ...output, ...reporters];
  },
  env: (results) => ({
    PLAYWRIGHT_JSON_OUTPUT_FILE: results,
    PWTEST_CACHE_DIR: join(temporary, 'cache'),
    // Playwright sets one of the two for its workers, and Node warns where there are both.
    NO_COLOR: undefined,
    FORCE_COLOR: '0',
  }),
  read: readPlaywright,
  complaint: /Internal error/,
};

/** A project of `test/projects`. */
export class Project extends FixtureProject<PlaywrightResult> {
  constructor(name: string) {
    const shared = ['shared', name].map((source) => join(projects, source));
    super(facts, name, [fixtures, ...shared]);
  }

  /** `playwright test`; `start` takes any command. */
  override run(args: readonly string[] = [], options: RunOptions = {}): Promise<Outcome<PlaywrightResult>> {
    return super.run(['test', ...args], options);
  }
}

/** The end of the location of an error: a file of a project, and the line that holds this text. */
export function placeOf(project: string, file: string, text: string): string {
  const lines = readFileSync(join(projects, project, file), 'utf8').split('\n');
  const line = lines.findIndex((one) => one.includes(text));
  if (line < 0) throw new Error(`${file} has no line with ${text}`);
  return `/${file}:${line + 1}`;
}
