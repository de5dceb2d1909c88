/** Every supported major version of Vitest, each in a folder beside this package as a user has it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  above,
  binaries,
  fixtures,
  installed,
  layOut,
  Project as FixtureProject,
  readJestLike,
  type Outcome,
  type RunnerFacts,
  type RunOptions,
} from '@carpool/test-harness';

export const majors = [5, 4, 3] as const;
export type Major = (typeof majors)[number];

/** For what the versions between them have no say in: the newest and the oldest. */
export const ends: readonly (5 | 3)[] = [5, 3];

/** For the titles of tests of what Vitest 3 cannot do: why they are skipped there. */
export const reasonBefore4 = (major: Major): string => (major === 3 ? ' (skipped: Vitest 3 cannot)' : '');

const adapter = join(import.meta.dirname, '..');
const home = join(adapter, '.tmp');

export function folderOf(major: Major): string {
  return join(home, `vitest-${major}`);
}

function vitestOf(major: Major): string {
  return installed(adapter, major === 5 ? 'vitest' : `vitest-${major}`);
}

/** Global setup of this suite. */
export default function setup(): void {
  const core = installed(adapter, 'carpool');
  rmSync(home, { recursive: true, force: true });
  for (const major of majors) {
    layOut(join(folderOf(major), 'node_modules'), {
      copied: { '@carpool/vitest': adapter, carpool: core },
      linked: {
        vitest: vitestOf(major),
        '@types/node': above(adapter, '@types/node'),
        'carpool/node_modules': join(core, 'node_modules'),
      },
    });
  }
}

function factsOf(major: Major): RunnerFacts {
  return {
    home: folderOf(major),
    command(args, results) {
      const own = args.some((arg) => /^list$|^--(reporter|config)=/.test(arg));
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
      return [join(vitestOf(major), 'vitest.mjs'), ...args, ...(own ? [] : reporters)];
    },
    env: () => ({
      // Vitest looks there for the type checker.
      PATH: `${binaries}:${process.env['PATH']}`,
    }),
    read: readJestLike,
    complaint: /Unhandled|Something went wrong|close timed out/,
    // If it is killed: a cache in the temporary folder, and, in version 3, a worker whose test waits for ever.
    leaves: /^[\w-]{21}$|^\d+ node \(vitest \d+\)$/,
  };
}

/** A project of `test/projects`. */
export class Project extends FixtureProject {
  constructor(major: Major, name: string) {
    super(factsOf(major), name, [fixtures, join(import.meta.dirname, 'projects', name)]);
  }

  /** `vitest run`; `start` takes any command. */
  override run(args: readonly string[] = [], options: RunOptions = {}): Promise<Outcome> {
    return super.run(['run', ...args], options);
  }
}
