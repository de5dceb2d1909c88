/** What is found in the folder of a project: its runners, its package manager, its language. Nothing is evaluated. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { detect, getUserAgent } from 'package-manager-detector/detect';
import type { Agent } from 'package-manager-detector';
import { findConfig } from '../../config/find.ts';
import { parseJson } from './source.ts';
import { Refusal } from './refusal.ts';
import { runnerNames, type RunnerName } from './names.ts';
import { runners } from './runners.ts';
import { readTsConfig, type TsConfig } from './tsconfig.ts';

export interface Project {
  readonly root: string;
  readonly manifest: Manifest;
  readonly found: readonly RunnerName[];
  /** Names of dependencies, of all kinds, also those of the folders above: package managers find these, too. */
  readonly dependencies: ReadonlySet<string>;
  readonly agent: Agent;
  /** The root of a workspace, where some package managers add nothing unless they are told to. */
  readonly workspace: boolean;
  readonly typescript: boolean;
  /** `.js` and `.ts` are ES modules. */
  readonly esm: boolean;
  /** The `carpool.config.*` that a run finds from here. */
  readonly config: string | undefined;
  readonly tsconfig: TsConfig;
}

export interface Manifest {
  readonly type?: unknown;
  readonly scripts?: unknown;
  readonly jest?: unknown;
  readonly workspaces?: unknown;
  readonly [kind: string]: unknown;
}

const kinds = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];

/** @throws Refusal if there is no package.json, or something cannot be read */
export async function readProject(root: string): Promise<Project> {
  const manifest = readManifest(root);
  if (manifest === undefined) {
    const above = ancestors(root).find((folder) => existsSync(join(folder, 'package.json')));
    const advice = above === undefined ? 'make one with `npm init -y`' : `the nearest is in ${above}: run it there`;
    throw new Refusal(`There is no package.json in ${root}; ${advice}`);
  }
  const own = namesIn(manifest);
  const above = ancestors(root).map((folder) => readAbove(folder));
  const dependencies = new Set([...own, ...above.flatMap((one) => (one === undefined ? [] : namesIn(one)))]);
  const workspace = isWorkspace(root, manifest);
  const found = runnersOf(root, manifest, own);
  return {
    root,
    manifest,
    // One of the folders above serves this one, too, where nothing of its own says which it is.
    found: found.length > 0 ? found : runnerNames.filter((name) => dependencies.has(runners[name].package)),
    dependencies,
    agent: (await detect({ cwd: root }))?.agent ?? getUserAgent() ?? 'npm',
    workspace,
    typescript:
      existsSync(join(root, 'tsconfig.json')) ||
      own.includes('typescript') ||
      runnerNames.some((name) => /\.[cm]?ts$/.test(configOf(name, root) ?? '')),
    esm: manifest.type === 'module',
    config: findConfig(root),
    tsconfig: readTsConfig(root),
  };
}

/** Folders above this one, nearest first. */
function ancestors(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [] : [above, ...ancestors(above)];
}

/** @throws Refusal if it cannot be read */
function readManifest(folder: string): Manifest | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  parseJson('package.json', text);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as Manifest;
  } catch (thrown) {
    throw new Refusal(`Cannot read package.json: ${(thrown as Error).message}`);
  }
}

/** One that cannot be read is no matter of this project. */
function readAbove(folder: string): Manifest | undefined {
  try {
    return readManifest(folder);
  } catch {
    return undefined;
  }
}

function namesIn(manifest: Manifest): string[] {
  return kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {}));
}

/** The range in which a package is wanted, as this project or the nearest folder above says it. */
export function rangeOf({ root }: Project, name: string): string | undefined {
  for (const folder of [root, ...ancestors(root)]) {
    const manifest = readAbove(folder);
    for (const kind of kinds) {
      const range = (manifest?.[kind] as Record<string, unknown> | undefined)?.[name];
      if (typeof range === 'string') return range;
    }
  }
  return undefined;
}

function runnersOf(root: string, manifest: Manifest, own: readonly string[]): RunnerName[] {
  const scripts = Object.values(manifest.scripts ?? {}).join('\n');
  return runnerNames.filter((name) => {
    const { package: module, command } = runners[name];
    // A config of Vite alone says nothing of Vitest.
    const config = configOf(name, root);
    const has = config !== undefined && !config.startsWith('vite.');
    return own.includes(module) || has || command.test(scripts) || (name === 'jest' && manifest.jest !== undefined);
  });
}

/** The config file that a runner reads in this folder. */
export function configOf(name: RunnerName, root: string): string | undefined {
  return runners[name].configs.find((file) => existsSync(join(root, file)));
}

function isWorkspace(root: string, manifest: Manifest): boolean {
  if (manifest.workspaces !== undefined) return true;
  const file = join(root, 'pnpm-workspace.yaml');
  return existsSync(file) && /^packages\s*:/m.test(readFileSync(file, 'utf8'));
}

/** The version that is installed, where the project finds it. */
export function installedVersion(name: string, root: string): string | undefined {
  for (const folder of [root, ...ancestors(root)]) {
    const file = join(folder, 'node_modules', name, 'package.json');
    if (!existsSync(file)) continue;
    try {
      const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown };
      return typeof version === 'string' ? version : undefined;
    } catch {
      return undefined; // it is half installed
    }
  }
  return undefined;
}
