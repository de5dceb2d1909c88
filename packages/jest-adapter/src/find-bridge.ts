/** In the test's realm: the environment of this test file, or one sentence that says what stands in its place. */
import { readFileSync } from 'node:fs';
import * as jest from '@jest/globals';
import { CarpoolError } from 'carpool/adapter/realm';
import { key, type Bridge } from './bridge.ts';
import { everyProvided, version } from './provided.ts';

/** @throws CarpoolError HUB_UNREACHABLE, HUB_REJECTED: what replaced the environment, and what to do */
export function bridge(): Bridge {
  const found = (globalThis as { [key]?: Bridge })[key];
  if (found === undefined) throw new CarpoolError('HUB_UNREACHABLE', withoutEnvironment());
  if (found.version === version) return found;
  const message = `Cannot use the pools: the test environment is of @carpool/jest ${found.version}, the tests load ${version}; install one version for both`;
  throw new CarpoolError('HUB_REJECTED', message);
}

function withoutEnvironment(): string {
  // There is no `expect` yet in a set-up file.
  const { testPath = '' } = (jest.expect as typeof jest.expect | undefined)?.getState() ?? {};
  const docblock = environmentInDocblock(testPath);
  const own = "wrap it: `withCarpool(Environment)` from '@carpool/jest/environment'";
  const cannot = 'Cannot reach Carpool: the test environment of this file';
  if (docblock !== undefined) {
    const jsdom = 'for jsdom write `@jest-environment @carpool/jest/environment-jsdom`';
    return `${cannot} is ${JSON.stringify(docblock)}, by its docblock, and carries no sessions; ${own}, or leave the docblock out; ${jsdom}`;
  }
  const all = everyProvided();
  if (all.length === 0) {
    return `${cannot} carries no sessions, and this run started no host; add \`preset: '@carpool/jest'\` to the Jest config`;
  }
  const found = all.find(({ environment }) => environment !== undefined && testPath.startsWith(environment.rootDir));
  const name = found?.environment?.path ?? 'another one';
  return `${cannot} is ${name}, by \`testEnvironment\` of the Jest config in place of the preset's, and carries no sessions; ${own}`;
}

function environmentInDocblock(file: string): string | undefined {
  try {
    return /@jest-environment\s+(\S+)/.exec(readFileSync(file, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
