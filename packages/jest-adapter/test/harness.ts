/** Every supported major version of Jest, each in a folder beside this package as a user has it. */
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  above,
  fixtures,
  installed,
  layOut,
  Project as FixtureProject,
  readJestLike,
  type RunnerFacts,
} from '@carpool/test-harness';

export const majors = [30, 29] as const;
export type Major = (typeof majors)[number];

const adapter = join(import.meta.dirname, '..');
const home = join(adapter, '.tmp');
const projects = join(import.meta.dirname, 'projects');

export function folderOf(major: Major): string {
  return join(home, `jest-${major}`);
}

function jestOf(major: Major, name = 'jest'): string {
  return installed(adapter, major === 30 ? name : `${name}-${major}`);
}

/** Global setup of this suite. */
export default function setup(): void {
  const core = installed(adapter, 'carpool');
  rmSync(home, { recursive: true, force: true });
  for (const major of majors) {
    layOut(join(folderOf(major), 'node_modules'), {
      copied: { '@carpool/jest': adapter, carpool: core },
      linked: {
        jest: jestOf(major),
        'jest-environment-jsdom': jestOf(major, 'jest-environment-jsdom'),
        'jest-environment-node': nodeEnvironmentOf(major),
        '@jest': join(adapter, 'node_modules/@jest'),
        '@types/node': above(adapter, '@types/node'),
        msgpackr: installed(core, 'msgpackr'),
        'carpool/node_modules': join(core, 'node_modules'),
      },
    });
  }
}

/** The package that comes with this Jest. */
function nodeEnvironmentOf(major: Major): string {
  let from = join(jestOf(major), 'package.json');
  for (const name of ['@jest/core', 'jest-config', 'jest-environment-node']) from = createRequire(from).resolve(name);
  return dirname(dirname(from));
}

function factsOf(major: Major): RunnerFacts {
  return {
    home: folderOf(major),
    command(args, results) {
      const own = args.some((arg) => arg.startsWith('--json') || arg.startsWith('--watch') || arg === '--listTests');
      const cache = `--cacheDirectory=${join(folderOf(major), 'cache')}`;
      const reported = own ? [] : ['--json', `--outputFile=${results}`];
      return [join(jestOf(major), 'bin/jest.js'), '--no-watchman', cache, ...reported, ...args];
    },
    // Every worker would fill it at its end, for which Jest waits half a second. The host makes one where it does by default.
    env: () => ({ NODE_COMPILE_CACHE: undefined }),
    leaves: /^node-compile-cache$/,
    read: readJestLike,
    complaint: /failed to exit gracefully|did not exit|open handle|soft deleted|obsolete|Jest: Got error/i,
  };
}

/** A project of `test/projects`. */
export class Project extends FixtureProject {
  constructor(major: Major, name: string) {
    const shared = ['echo.mjs', name].map((source) => join(projects, source));
    super(factsOf(major), name, [fixtures, ...shared]);
  }
}
