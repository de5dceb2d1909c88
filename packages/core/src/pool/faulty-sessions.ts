/** Sessions with which fault was found and whose test does not fail with that: how many, and the first of them by name. */

/** Sessions that are named. */
export const mostNamed = 10;
/** Characters of what is said of one. */
const longest = 1_000;
/** Sessions of which more is kept than that they were. */
const mostKept = 1_000;

export interface DiagnosedStats {
  readonly diagnosed: number;
  readonly firstDiagnosed: readonly string[];
}

interface Faulty {
  readonly run: string | undefined;
  /** Absent of those over the limit. */
  readonly line: string | undefined;
}

export class FaultySessions {
  readonly #faulty: Faulty[] = [];
  readonly #ids = new Set<string>();

  get total(): number {
    return this.#faulty.length;
  }

  /**
   * @param session its id: only the first fault of each is kept
   * @returns the line that names it; `undefined`: it is known already
   */
  add(
    session: string,
    { name, run }: { readonly name: string; readonly run?: string | undefined },
    found: string,
  ): string | undefined {
    if (this.#ids.has(session)) return undefined;
    this.#ids.add(session);
    const line = `${name}: ${found.length <= longest ? found : `${found.slice(0, longest)}…`}`;
    this.#faulty.push({ run, line: this.#faulty.length < mostKept ? line : undefined });
    return line;
  }

  /** @param from how many came before. @param run Default: all runs */
  since(from: number, run?: string): DiagnosedStats {
    const found = this.#faulty.slice(from).filter((one) => run === undefined || one.run === run);
    const firstDiagnosed = found.flatMap(({ line }) => line ?? []).slice(0, mostNamed);
    return { diagnosed: found.length, firstDiagnosed };
  }
}
