/** All that `carpool init` would do, before any of it is done. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, posix, relative, sep } from 'node:path';
import { editJestKey, type EditConfig } from './adapters.ts';
import { configText, dialects, registerText, type Dialect } from './dialects.ts';
import { firstTest } from './first-test.ts';
import type { DialectName, RunnerName } from './names.ts';
import { configOf, installedVersion, rangeOf, type Project } from './project.ts';
import { ByHand, Refusal } from './refusal.ts';
import { newConfig, runners } from './runners.ts';
import { exportedConfig, parseSource, propertyOf } from './source.ts';

export interface Answers {
  readonly runners: readonly RunnerName[];
  readonly dialect: DialectName;
  /** It was named, and not chosen for the user. */
  readonly named: boolean;
  readonly test: boolean;
}

export interface Change {
  /** From the root, with slashes. */
  readonly file: string;
  /** Undefined: the file is new. */
  readonly before: string | undefined;
  readonly after: string;
  /** For a file that the package manager writes, too. */
  readonly edit?: EditConfig;
}

export interface Plan {
  readonly changes: readonly Change[];
  /** Configs that the user has to edit: nothing is written then. */
  readonly byHand: readonly ByHand[];
  /** Packages to install. */
  readonly missing: readonly string[];
  readonly test?: { readonly runner: RunnerName; readonly file: string };
  /** Sentences for the user. */
  readonly notes: readonly string[];
}

/** @throws Refusal */
export function makePlan(project: Project, answers: Answers): Plan {
  for (const name of answers.runners) checkVersion(project, name);
  const byHand: ByHand[] = [];
  const edits = answers.runners.flatMap((name) => {
    try {
      return adapterChange(project, name, hasOwnFiles(project, name, answers.runners)) ?? [];
    } catch (thrown) {
      if (!(thrown instanceof ByHand)) throw thrown;
      byHand.push(thrown);
      return [];
    }
  });
  const dialect = dialects[answers.dialect];
  const isNew = project.config === undefined;
  if (!isNew && answers.named) checkDialect(project, dialect);
  const config = isNew ? newConfigName(project, answers) : basename(project.config ?? '');
  const test = isNew && answers.test ? plannedTest(project, { dialect, config, runners: answers.runners }) : undefined;
  const added = isNew ? configFiles(project, dialect, config) : [];
  const packages = [
    'carpool',
    ...answers.runners.flatMap((name) => [runners[name].package, runners[name].adapter]),
    ...(isNew ? dialect.packages : []),
    ...(test?.packages ?? []),
  ];
  // Each of the two has a config that says which files are its own.
  const apart =
    answers.runners.length === 2 &&
    answers.runners.every((name) => isUnconfigured(project, name) && hasOwnFiles(project, name, answers.runners));
  const overlap =
    'The default patterns of the runners overlap: give each its own files (docs/runners.md, "Several runners at once").';
  return {
    changes: [...added, ...edits, ...(test === undefined ? [] : [test.change])],
    byHand,
    missing: missing(project, packages),
    ...(test && { test: { runner: test.runner, file: test.change.file } }),
    notes: [
      ...(isNew && dialect.needs !== undefined ? [`This config needs ${dialect.needs}.`] : []),
      ...(answers.runners.length > 1 && !apart ? [overlap] : []),
    ],
  };
}

/** @throws Refusal */
function checkVersion({ root }: Project, name: RunnerName): void {
  const { title, package: module, oldest } = runners[name];
  const version = installedVersion(module, root);
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  const [oldMajor, oldMinor] = oldest;
  if (version !== undefined && (major < oldMajor || (major === oldMajor && minor < oldMinor)))
    throw new Refusal(`${title} ${version} is too old: Carpool works with ${oldest.join('.')} and newer`);
}

/** @throws Refusal if the config that is there is of another dialect */
function checkDialect({ config = '' }: Project, { pool, value }: Dialect): void {
  const name = /^(\w+)\(/.exec(value)?.[1] ?? 'childProtocol';
  if (new RegExp(String.raw`\b${name}\b`).test(readFileSync(config, 'utf8'))) return;
  const line = /^[^\n]*?(?=,? \/\/|$)/.exec(`${pool}: ${value}`)?.[0] ?? pool;
  throw new Refusal(`${config} is there already, and is not changed; add to its pools: ${line}`);
}

/** As all runners that are used can load it: Jest loads an ES module by its name alone. */
function newConfigName({ typescript, esm }: Project, { runners: used }: Answers): string {
  if (typescript) return esm || !used.includes('jest') ? 'carpool.config.ts' : 'carpool.config.mts';
  return esm ? 'carpool.config.js' : 'carpool.config.mjs';
}

/** The config, the program of its example, and its types. @throws Refusal */
function configFiles(project: Project, dialect: Dialect, config: string): Change[] {
  const { root, typescript, tsconfig } = project;
  const { program } = dialect;
  const register = `${tsconfig.folder}carpool.d.ts`;
  const typed = typescript && tsconfig.included && !existsSync(join(root, register));
  return [
    { file: config, before: undefined, after: configText(dialect) },
    ...(program === undefined ? [] : newFile(root, program.file, program.text)),
    ...(typed ? newFile(root, register, registerText(specifier(register, config))) : []),
  ];
}

/** Nothing where it is there already. @throws Refusal if another is there */
function newFile(root: string, file: string, text: string): Change[] {
  const path = join(root, file);
  if (!existsSync(path)) return [{ file, before: undefined, after: text }];
  if (readFileSync(path, 'utf8') === text) return [];
  throw new Refusal(`${file} is there already, and is not this one; move it away`);
}

/** How a file of this project imports another. */
function specifier(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}

/** Whether a config that is new says which files are of this runner. What a project has had before runs the files that it has run. */
function hasOwnFiles({ found }: Project, name: RunnerName, used: readonly RunnerName[]): boolean {
  if (used.length < 2 || found.includes(name)) return false;
  return name === 'playwright' || used.includes('playwright');
}

function isUnconfigured({ root, manifest }: Project, name: RunnerName): boolean {
  return configOf(name, root) === undefined && !(name === 'jest' && manifest.jest !== undefined);
}

/** @throws Refusal, ByHand */
function adapterChange(project: Project, name: RunnerName, own: boolean): Change | undefined {
  const { root, typescript, esm, manifest } = project;
  const found = configOf(name, root);
  if (found !== undefined) return edited(root, found, runners[name].edit);
  if (name === 'jest' && manifest.jest !== undefined) return edited(root, 'package.json', editJestKey);
  const script = typescript ? (esm || name === 'playwright' ? 'ts' : 'mts') : esm ? 'js' : 'mjs';
  const file = `${name}.config.${name === 'jest' ? 'mjs' : script}`;
  return { file, before: undefined, after: newConfig(name, own) };
}

function edited(root: string, file: string, edit: EditConfig): Change | undefined {
  const before = readFileSync(join(root, file), 'utf8');
  const after = edit(file, before);
  return after === undefined ? undefined : { file, before, after, edit };
}

interface WantedTest {
  readonly dialect: Dialect;
  readonly config: string;
  readonly runners: readonly RunnerName[];
}

interface PlannedTest {
  readonly runner: RunnerName;
  readonly change: Change;
  readonly packages: readonly string[];
}

/** What compiles TypeScript for Jest. */
const transformers = ['ts-jest', '@swc/jest', 'esbuild-jest', '@babel/preset-typescript'];

/** For the first runner: with others, each takes files of the others. Undefined where there is one of the name. */
function plannedTest(project: Project, { dialect, config, runners: used }: WantedTest): PlannedTest | undefined {
  const { root, esm, dependencies, tsconfig } = project;
  const [runner] = used;
  if (runner === undefined) return undefined;
  const typescript = project.typescript && (runner !== 'jest' || transformers.some((it) => dependencies.has(it)));
  const name = runner === 'playwright' ? 'carpool.spec' : 'carpool.test';
  // Jest takes files for CommonJS unless they say otherwise, and the others for ES modules.
  const script = typescript ? 'ts' : runner === 'jest' ? (esm ? 'cjs' : 'js') : esm ? 'js' : 'mjs';
  const folder = (runner === 'playwright' ? testFolder(root) : undefined) ?? (typescript ? tsconfig.folder : '');
  const file = `${folder}${name}.${script}`;
  if (existsSync(join(root, file))) return undefined;
  const imported = specifier(file, config);
  const globals = runner === 'jest' && typescript && !dependencies.has('@types/jest');
  const after = firstTest(dialect, {
    runner,
    typescript,
    globals,
    // A compiler that refuses `.ts` knows the file by the name of its JavaScript, as the runners do.
    config: typescript && !tsconfig.tsExtensions ? imported.replace(/\.(m?)ts$/, '.$1js') : imported,
  });
  const { packages, types = [] } = dialect.test;
  return {
    runner,
    change: { file, before: undefined, after },
    packages: [...packages, ...(typescript ? types : []), ...(globals ? ['@jest/globals'] : [])],
  };
}

/** Where the config of Playwright has its tests, with a slash at its end. */
function testFolder(root: string): string | undefined {
  const file = configOf('playwright', root);
  if (file === undefined) return undefined;
  const config = exportedConfig(parseSource(file, readFileSync(join(root, file), 'utf8')));
  if (typeof config === 'string') return undefined;
  const found = propertyOf(config.object, 'testDir');
  if (found === undefined || found === 'method' || found.value.type !== 'StringLiteral') return undefined;
  const folder = relative(root, join(root, found.value.value)).split(sep).join('/');
  return folder === '' ? '' : `${folder}/`;
}

/** As the package manager takes them. Those of Carpool are released together: of one range where there is one. */
function missing(project: Project, packages: readonly string[]): string[] {
  const range = rangeOf(project, 'carpool');
  const isRange = range !== undefined && /^[\^~]?\d/.test(range);
  return [...new Set(packages)]
    .filter((name) => !project.dependencies.has(name))
    .map((name) => (isRange && name.startsWith('@carpool/') ? `${name}@${range}` : name));
}
