import { posix } from 'node:path';
import type { Import } from './imports.ts';
import { guarded, independent, layers, longestFile, longFiles, type Layer } from './table.ts';

/** A file of the repository and what it imports; `path` is from the root, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly imports: readonly Import[];
  readonly lines: number;
}

/** What a package offers: its name and the keys of its `exports`. */
export interface Offer {
  readonly name: string;
  readonly exports: readonly string[];
  /** The source of an export, by its key, as a path from the root. */
  readonly sources?: Readonly<Record<string, string>>;
}

const coreSource = 'packages/core/src/';
const isTest = (path: string): boolean => path.endsWith('.test.ts');

/** Sentences, each naming the file, the import and the rule it breaks. None means that all rules are kept. */
export function check(files: readonly SourceFile[], offers: readonly Offer[]): string[] {
  return files.flatMap((file) => {
    const broken = file.imports.map((one) => {
      const rule = file.path.startsWith(coreSource) ? coreRule(file.path, one) : outsideRule(file.path, one, offers);
      return rule && `${file.path}:${one.line} imports '${one.specifier}': ${rule}.`;
    });
    return [...broken, lengthRule(file)].filter((sentence) => sentence !== undefined);
  });
}

function lengthRule({ path, lines }: SourceFile): string | undefined {
  if (lines <= longestFile || path in longFiles) return undefined;
  return `${path} has ${lines} lines: more than ${longestFile} needs its reason in longFiles of test/layers/table.ts.`;
}

function coreRule(path: string, { specifier, typeOnly }: Import): string | undefined {
  if (isTest(path)) return undefined; // a test may import anything
  const from = path.slice(coreSource.length);
  const name = layerOf(from);
  if (name === undefined) return `${posix.dirname(from)} is no layer of test/layers/table.ts; add it there`;
  const layer = layers[name] as Layer;
  if (specifier.startsWith('.')) return folderRule(name, layer, from, specifier, typeOnly);
  if (specifier.startsWith('node:')) return nodeRule(name, layer, specifier);
  return packageRule(name, layer, specifier);
}

/** The layer of a file under packages/core/src: the longest key of the table that its path begins with. */
export function layerOf(path: string): string | undefined {
  const holders = Object.keys(layers).filter((name) => path.startsWith(`${name}/`));
  return holders.toSorted((a, b) => b.length - a.length)[0];
}

function folderRule(
  name: string,
  layer: Layer,
  from: string,
  specifier: string,
  typeOnly: boolean,
): string | undefined {
  // The version is the package's own; the bundler puts it in place.
  if (specifier === '../../package.json') return undefined;
  if (!specifier.endsWith('.ts')) return 'relative imports end in .ts, so that Node runs the sources as they are';
  const target = posix.join(posix.dirname(from), specifier);
  if (target.startsWith('..')) return 'packages/core/src imports nothing outside itself by path';
  const targetName = layerOf(target);
  if (targetName === name || layer.may.includes('*')) return undefined;
  const file = target.replace(/\.ts$/, '');
  if (targetName !== undefined && layer.may.includes(targetName)) return undefined;
  if (layer.may.includes(file)) return undefined;
  if (layer.types?.includes(file)) {
    return typeOnly ? undefined : `${name} may import types of ${target}, but no values`;
  }
  return `${name} may import ${layer.may.join(', ') || 'nothing'}, not ${targetName ?? target}`;
}

function nodeRule(name: string, layer: Layer, specifier: string): string | undefined {
  if (layer.never?.includes('node:')) return `${name} is pure and never imports Node`;
  if (layer.never?.includes(specifier)) return `${name} never imports ${specifier}`;
  return undefined;
}

function packageRule(folder: string, layer: Layer, specifier: string): string | undefined {
  const name = packageName(specifier);
  const only = Object.hasOwn(guarded, name) ? guarded[name] : undefined;
  if (only !== undefined) return only === folder ? undefined : `only ${only} imports ${name}`;
  if (layer.packages?.includes(name) === false) return `${folder} imports no packages`;
  return undefined;
}

/** Adapters, dialects and apps: their own files, and what packages offer. */
function outsideRule(path: string, { specifier }: Import, offers: readonly Offer[]): string | undefined {
  const alone = independent.find((folder) => path.startsWith(folder));
  if (alone !== undefined) {
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier;
    return target.startsWith(alone) || target.startsWith('node:')
      ? undefined
      : `${alone} imports Node and its own files, nothing else`;
  }
  if (specifier.startsWith('.')) {
    const home = path.split('/').slice(0, 2).join('/');
    const target = posix.join(posix.dirname(path), specifier);
    return target.startsWith(`${home}/`) ? undefined : `${home} imports other packages by name, not by path`;
  }
  const name = packageName(specifier);
  const offer = offers.find((one) => one.name === name);
  if (offer === undefined || offer.exports.includes(`.${specifier.slice(name.length)}`)) return undefined;
  return `adapters, dialects and apps import only entries of ${name} (${offer.exports.join(', ')}), no deep paths`;
}

function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** What is searched for chains of imports. */
export interface Sources {
  readonly files: readonly SourceFile[];
  readonly offers: readonly Offer[];
}

/** The shortest chain of run-time imports from the file `entry` to one of `banned`, through the sources of packages too. */
export function chainTo(
  entry: string,
  banned: readonly string[],
  { files, offers }: Sources,
): readonly string[] | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const chains: string[][] = [[entry]];
  const seen = new Set<string>();
  for (const chain of chains) {
    const path = chain.at(-1) ?? '';
    for (const { specifier, typeOnly, later } of byPath.get(path)?.imports ?? []) {
      if (typeOnly || later) continue;
      if (banned.includes(specifier)) return [...chain, specifier];
      const next = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : sourceOf(specifier, offers);
      if (next === undefined || seen.has(next)) continue;
      seen.add(next);
      chains.push([...chain, next]);
    }
  }
  return undefined;
}

/** The source of what a package of this repository offers under this name. */
function sourceOf(specifier: string, offers: readonly Offer[]): string | undefined {
  const name = packageName(specifier);
  return offers.find((one) => one.name === name)?.sources?.[`.${specifier.slice(name.length)}`];
}

/** What imports what under packages/core/src, types included, as names that `nameOf` gives. Tests are left out. */
function graphOf(files: readonly SourceFile[], nameOf: (path: string) => string): Map<string, Set<string>> {
  const known = new Set(files.map(({ path }) => path));
  const graph = new Map<string, Set<string>>();
  for (const { path, imports } of files) {
    if (!path.startsWith(coreSource) || isTest(path)) continue;
    const from = nameOf(path.slice(coreSource.length));
    for (const { specifier } of imports) {
      const target = posix.join(posix.dirname(path), specifier);
      if (!specifier.startsWith('.') || !known.has(target)) continue;
      const to = nameOf(target.slice(coreSource.length));
      if (to !== from) graph.set(from, (graph.get(from) ?? new Set()).add(to));
    }
  }
  return graph;
}

/** Cycles among the folders, each as `a > b > a`; one for each pair of folders where a walk comes back. */
export function folderCycles(files: readonly SourceFile[]): string[] {
  const graph = graphOf(files, (path) => posix.dirname(path));
  const found = new Set<string>();
  const done = new Set<string>();
  const walk = (folder: string, path: readonly string[]): void => {
    const since = path.indexOf(folder);
    if (since >= 0) found.add([...path.slice(since), folder].join(' > '));
    if (since >= 0 || done.has(folder)) return;
    for (const next of graph.get(folder) ?? []) walk(next, [...path, folder]);
    done.add(folder);
  };
  for (const folder of graph.keys()) walk(folder, []);
  return [...found];
}
