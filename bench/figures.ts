/** The figures that are kept: results.json or growth.json, and their tables in docs/performance.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { document } from './document.ts';
import type { Machine } from './machine.ts';
import type { Load } from './quiet.ts';
import type { Result, Verdict } from './row.ts';
import type { Judged } from './table.ts';

/** One run of the bench. */
export interface Run {
  readonly commit: string;
  /** As an ISO string. */
  readonly date: string;
  readonly minutes: number;
  readonly machine: Machine;
  /** By file of rows/. */
  readonly loads: Readonly<Record<string, Load & { readonly seconds: number }>>;
  /** Why, by file of rows/. */
  readonly leftOut?: Readonly<Record<string, string>>;
}

interface Kept extends Run {
  /** Runs of some rows, which were added later: when, and on what commit. */
  readonly added?: readonly { readonly commit: string; readonly date: string; readonly ids: readonly string[] }[];
  readonly results: readonly (Result & { readonly verdict: Verdict })[];
}

export class Figures {
  readonly #name: 'results' | 'growth';
  readonly #file: URL;

  constructor(name: 'results' | 'growth') {
    this.#name = name;
    this.#file = new URL(`./${name}.json`, import.meta.url);
  }

  /** Figures of two machines must not stand in one table. @throws Error if those that are kept are of another one */
  mustBeOf(machine: Machine): void {
    const kept = this.#read().machine;
    if (JSON.stringify(kept) !== JSON.stringify(machine))
      throw new Error(`${this.#name}.json is of another machine (${describe(kept)}): run the whole bench on this one`);
  }

  /** In place of all that is kept. */
  write(run: Run, judged: readonly Judged[]): void {
    this.#keep({ ...run, results: resultsOf(judged) });
  }

  /** Beside what is kept, in place of the rows with the same ids. */
  add(run: Run, judged: readonly Judged[]): void {
    const kept = this.#read();
    const ids = new Set(judged.map(({ result }) => result.id));
    const before = (kept.added ?? []).map((each) => ({ ...each, ids: each.ids.filter((id) => !ids.has(id)) }));
    this.#keep({
      ...kept,
      loads: { ...kept.loads, ...run.loads },
      leftOut: { ...without(kept.leftOut, run.loads), ...run.leftOut },
      added: [...before.filter((each) => each.ids.length > 0), { commit: run.commit, date: run.date, ids: [...ids] }],
      results: [...kept.results.filter(({ id }) => !ids.has(id)), ...resultsOf(judged)],
    });
  }

  #read(): Kept {
    return JSON.parse(readFileSync(this.#file, 'utf8')) as Kept;
  }

  #keep(kept: Kept): void {
    writeFileSync(this.#file, `${JSON.stringify(kept, undefined, 2)}\n`);
    const judged = kept.results.map(({ verdict, ...result }) => ({ result, verdict }));
    document(this.#name, judged, kept.machine, kept.commit, kept.added ?? []);
  }
}

function resultsOf(judged: readonly Judged[]): Kept['results'] {
  return judged.map(({ result, verdict }) => ({ ...result, verdict }));
}

function without(leftOut: Run['leftOut'], measured: Run['loads']): Run['leftOut'] {
  return Object.fromEntries(Object.entries(leftOut ?? {}).filter(([file]) => measured[file] === undefined));
}

function describe({ cpu, cores, memory, os, node }: Machine): string {
  return `${cpu}, ${cores} cores, ${memory} GiB, ${os}, Node ${node}`;
}
