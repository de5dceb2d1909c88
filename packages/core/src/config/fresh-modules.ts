/**
 * One evaluation of a config in a process that evaluates many. Node keeps a module for its URL, so the modules of the
 * project get a URL of their own each time. Packages are not evaluated again.
 */
import { createRequire, type ResolveFnOutput, type ResolveHookContext } from 'node:module';
import { fileURLToPath } from 'node:url';
import { noop } from '../base/noop.ts';

export class FreshModules {
  readonly #tag: string | undefined;
  readonly #files = new Set<string>();
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

  /** False: a compiler has loaded some, which does not say which. */
  get complete(): boolean {
    return this.#complete;
  }

  compiled(): void {
    this.#complete = false;
  }

  /**
   * What Node has found, for an import in `parentURL`.
   * @param entry it is the config itself, which Carpool imports: a package, where it is installed
   */
  resolved(found: ResolveFnOutput, { parentURL, conditions }: ResolveHookContext, entry: boolean): ResolveFnOutput {
    const fromPackage = !entry && parentURL?.startsWith('file:') === true && isInPackage(parentURL);
    if (!found.url.startsWith('file:') || fromPackage) return found;
    const file = fileURLToPath(found.url);
    if (!this.#files.has(file)) this.#found(file);
    this.#files.add(file);
    if (this.#tag === undefined || isInPackage(found.url)) return found;
    if (conditions.includes('import'))
      return { ...found, url: `${found.url.replace(/\?carpool=\d+$/, '')}${this.#tag}` };
    delete createRequire(found.url).cache[file];
    return found;
  }
}

function isInPackage(url: string): boolean {
  return url.includes('/node_modules/');
}
