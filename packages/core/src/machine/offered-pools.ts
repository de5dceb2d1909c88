/** The pools of a config that other hosts may use: those whose children can be told from others. */
import { messageOf } from '../base/thrown.ts';
import { configFileOf } from '../config/find.ts';
import type { FreshModules } from '../config/fresh-modules.ts';
import { PoolDefinition } from '../definitions/pool-definition.ts';
import type { LoadedProject, RunnerPlace } from '../definitions/project.ts';
import { poolsOf } from '../host/configure.ts';
import type { PoolOptions, PoolSettings } from '../pool/options.ts';
import { fingerprint, sameFingerprint, type Fingerprint } from '../process/files.ts';
import type { Project } from '../wire/control.ts';

export class OfferedPools {
  readonly #project: LoadedProject;
  readonly #place: RunnerPlace;
  readonly #wanted: readonly (readonly [string, PoolSettings, PoolOptions])[];
  readonly #known = new Map<string, PoolDefinition>();
  readonly #faults = new Map<string, string>();

  /** @throws CarpoolError CONFIG_INVALID */
  constructor(project: LoadedProject, place: RunnerPlace) {
    this.#project = project;
    this.#place = place;
    // What a test gets of a server is an address on its own machine.
    this.#wanted = poolsOf(project).filter(([, { server }]) => server === undefined);
  }

  /** Finds out what the children are made from, of each pool of which that is not known. Does not reject. */
  async define(): Promise<void> {
    const [project, place] = [this.#project, this.#place];
    const unknown = this.#wanted.filter(([name]) => !this.#known.has(name));
    await Promise.all(
      unknown.map(async ([name, settings, options]) => {
        try {
          this.#known.set(name, await PoolDefinition.of({ settings, options, project, place }));
          this.#faults.delete(name);
        } catch (thrown) {
          this.#faults.set(name, messageOf(thrown));
        }
      }),
    );
  }

  /** In the order of the config. */
  get definitions(): readonly PoolDefinition[] {
    return this.#wanted.flatMap(([name]) => this.#known.get(name) ?? []);
  }

  /** Why a pool is left out, by its name. */
  get faults(): ReadonlyMap<string, string> {
    return this.#faults;
  }

  /** Something that they are made from is another one since. */
  async changed(): Promise<boolean> {
    for (const definition of this.#known.values()) if (await definition.changed()) return true;
    return false;
  }
}

/** The files of a config as they were before it was loaded: also of one that fails, or is not there. */
export class ConfigFiles {
  readonly #project: Project;
  readonly #config: string | undefined;
  /** What is edited while it is loaded differs from these. */
  readonly #prints = new Map<string, Fingerprint | undefined>();

  /** Before it is loaded. */
  constructor(project: Project) {
    this.#project = project;
    this.#config = configFileOf(project);
    if (this.#config !== undefined) this.#add(this.#config);
  }

  /** @param modules those that it loads, which are looked at, too */
  loadedBy(modules: FreshModules): void {
    modules.watch((file) => this.#add(file));
  }

  get changed(): boolean {
    if (configFileOf(this.#project) !== this.#config) return true;
    return [...this.#prints].some(([file, then]) => !sameFingerprint(fingerprint(file), then));
  }

  #add(file: string): void {
    if (!this.#prints.has(file)) this.#prints.set(file, fingerprint(file));
  }
}
