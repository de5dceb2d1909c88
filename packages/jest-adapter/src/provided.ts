/** What the main process hands to its workers: one environment variable, which forks, threads and the main process see. */
import { sep } from 'node:path';
import type { Provided } from 'carpool/adapter/test-process';
import packageJson from '../package.json' with { type: 'json' };

/** The version of this package. Every side carries it, so that two installed copies are noticed. */
export const version: string = packageJson.version;

/** Not `CARPOOL_ADDRESS`, which makes a run use a host that is there already. */
const variable = 'CARPOOL_JEST';

export interface ProvidedFor extends Provided {
  /** The folder whose tests it is for. */
  readonly root: string;
  /** The test environment of a project, if it is not this package's: for the error of the tests that run in it. */
  readonly environment?: { readonly rootDir: string; readonly path: string };
}

export function provide(all: readonly ProvidedFor[]): void {
  if (all.length === 0) delete process.env[variable];
  else process.env[variable] = JSON.stringify(all);
}

/** Each test asks, and the answer seldom changes. */
let read: { readonly text: string; readonly all: readonly ProvidedFor[] } | undefined;

/** Empty without the global setup. */
export function everyProvided(): readonly ProvidedFor[] {
  const text = process.env[variable] ?? '[]';
  if (read?.text !== text) read = { text, all: JSON.parse(text) as ProvidedFor[] };
  return read.all;
}

/** For the tests of a project: the nearest, as the config is looked for upwards from its root. */
export function providedFor(rootDir: string): ProvidedFor | undefined {
  const above = everyProvided().filter(({ root }) => `${rootDir}${sep}`.startsWith(`${root}${sep}`));
  return above.toSorted((a, b) => b.root.length - a.root.length)[0];
}
