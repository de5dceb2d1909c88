/**
 * One evaluation of a config in a process that evaluates many. Node keeps a module for its URL, so the modules of the
 * project get a URL of their own each time. Packages are not evaluated again.
 */
import { createRequire, type RegisterHooksOptions, type ResolveFnOutput, type ResolveHookContext } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { noop } from '../base/noop.ts';

interface Required {
  readonly parentURL: string;
  readonly specifier: string;
}

/** Of the evaluations that are over: what functions of their configs require once more, Node keeps again. */
const earlier = new Map<string, Required>();

export class FreshModules {
  readonly #tag: string | undefined;
  readonly #files = new Set<string>();
  readonly #required: Required[] = [];
  #found: (file: string) => void = noop;
  #complete = true;

  /** @param number another one for each evaluation in this process; absent: there is one, and modules keep their URLs */
  constructor(number?: number) {
    this.#tag = number === undefined ? undefined : `?carpool=${number}`;
  }

  /** Files of the project that were loaded, and what these import of packages. */
  get files(): readonly string[] {
    return [...this.#files];
  }

  /** @param found takes each of the files, before Node reads it */
  watch(found: (file: string) => void): void {
    this.#found = found;
  }

  /** False: a compiler has loaded some. Which it has read is known; not where it has looked for them. */
  get complete(): boolean {
    return this.#complete;
  }

  compiled(): void {
    this.#complete = false;
  }

  /** What functions of configs have required since their evaluation is read again. */
  begin(): void {
    if (this.#tag === undefined) return;
    for (const file of Object.keys(createRequire(import.meta.url).cache))
      if (!isInPackage(pathToFileURL(file).href)) forget(file);
    forgetPaths(earlier.values());
  }

  /** A compiler has read this one. */
  read(file: string): void {
    if (!isInPackage(pathToFileURL(file).href)) this.#add(file);
  }

  #add(file: string): void {
    if (!this.#files.has(file)) this.#found(file);
    this.#files.add(file);
  }

  /**
   * What Node has found for `specifier` in `parentURL`.
   * @param ofProject also where a package asks: the config itself, which Carpool imports, and what a compiler imports for it
   */
  resolved(
    found: ResolveFnOutput,
    { specifier, parentURL, conditions }: ResolveHookContext & { readonly specifier: string },
    ofProject: boolean,
  ): ResolveFnOutput {
    const fromPackage = !ofProject && parentURL?.startsWith('file:') === true && isInPackage(parentURL);
    if (!found.url.startsWith('file:') || fromPackage) return found;
    const file = fileURLToPath(found.url);
    this.#add(file);
    if (this.#tag === undefined || isInPackage(found.url)) return found;
    if (!conditions.includes('import')) {
      if (parentURL !== undefined) this.#required.push({ parentURL, specifier });
      return found;
    }
    return { ...found, url: `${found.url.replace(/\?carpool=\d+$/, '')}${this.#tag}` };
  }

  /** The evaluation is over: what was required is read again by the next one. */
  end(): void {
    if (this.#tag === undefined) return;
    for (const file of this.#files) if (!isInPackage(pathToFileURL(file).href)) forget(file);
    forgetPaths(this.#required);
    for (const { parentURL, specifier } of this.#required) {
      const parent = parentURL.replace(/\?.*$/, '');
      earlier.set(`${parent} ${specifier}`, { parentURL: parent, specifier });
    }
  }
}

/** What Node keeps by its path: CommonJS, also where it is imported, and JSON. */
function forget(file: string): void {
  delete createRequire(import.meta.url).cache[file];
}

/**
 * Node keeps where a `require` has led, too. It forgets that when it finds no module there; else it may take one that is only
 * parsed yet, which is empty, for one that is being evaluated.
 */
function forgetPaths(required: Iterable<Required>): void {
  const { registerHooks } = process.getBuiltinModule('node:module') as { registerHooks?: RegisterHooks };
  const stop = (): never => {
    throw new Error('nothing is loaded');
  };
  const hooks = registerHooks?.({ resolve: stop });
  for (const { parentURL, specifier } of hooks === undefined ? [] : required) {
    try {
      createRequire(parentURL.replace(/\?.*$/, ''))(specifier);
    } catch {
      // Its path is forgotten.
    }
  }
  hooks?.deregister();
}

function isInPackage(url: string): boolean {
  return url.includes('/node_modules/');
}

/** Absent in Node before 22.15. */
export type RegisterHooks = (hooks: RegisterHooksOptions) => { deregister(): void };
