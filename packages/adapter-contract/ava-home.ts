/** AVA itself, in a folder of its own: beside the projects of the others `ava` is Carpool. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installed, layOut, type RunnerFacts } from '@carpool/test-harness';
import { home, modules } from './home.ts';

const here = import.meta.dirname;
const own = join(home, 'ava-itself');

/** After the folder of the others. */
export default function setup(): void {
  rmSync(own, { recursive: true, force: true });
  layOut(join(own, 'node_modules'), { copied: {}, linked: { ava: installed(here, 'ava-itself') } });
  for (const name of ['@ava/cooperate', 'never']) {
    cpSync(join(modules, name), join(own, 'node_modules', name), { recursive: true });
  }
}

export const ava: RunnerFacts = {
  home: own,
  command: (args) => [join(own, 'node_modules/ava/entrypoints/cli.js'), '--verbose', ...args],
  // Its results are what it prints.
  read: () => ({ tests: [], files: [], errors: [] }),
  complaint: /Internal error/,
};
