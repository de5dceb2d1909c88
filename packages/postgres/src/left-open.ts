/** Databases of tests that have ended, to which something is still connected, and what is said of that. */
import type { Row } from './client.ts';

/**
 * So many stay with their connections. Where so many do, tests wait for the ends of their databases; one that leaves another
 * fails, and what it has left is ended. Tests that had theirs already may leave more, at most one for each slot.
 */
export const mostLeft = 8;
/** Tests that an error names. */
const mostNamed = 5;
/** Connections of a test. */
const mostDescribed = 3;
/** Characters of a statement that are shown. */
const longestStatement = 120;
const remedy = 'await client.end()';

/** What is wrong with a session that has ended. */
export interface Fault {
  readonly message: string;
  /** Its test fails with it. */
  readonly fails: boolean;
}

export class LeftOpen {
  /** What names its test, by the name of the database, in the order of their ends. */
  readonly #holders = new Map<string, string>();
  /** Of these: could not be dropped so far. */
  readonly #refused = new Set<string>();
  #named = false;

  get names(): readonly string[] {
    return [...this.#holders.keys()];
  }

  get isFull(): boolean {
    return this.#holders.size >= mostLeft;
  }

  add(database: string, holder: string): void {
    this.#holders.set(database, holder);
  }

  delete(database: string): void {
    this.#holders.delete(database);
    this.#refused.delete(database);
  }

  /** It cannot be dropped, and stays. @returns what names its test, the first time */
  refused(database: string): string | undefined {
    if (this.#refused.has(database)) return undefined;
    this.#refused.add(database);
    return this.#holders.get(database);
  }

  /** What a test fails with that has left connections open where no more may stay. The first is told which these are. */
  tooMany(connections: readonly Row[]): Fault[] {
    const [it, were] = connections.length === 1 ? ['it', 'was'] : ['they', 'were'];
    const why = `${it} ${were} ended at the end of this test, and the test fails, because ${mostLeft} databases of earlier tests stay for such connections already`;
    const found = { message: `${describeLeft(connections)}; ${why}`, fails: true };
    if (this.#named) return [found];
    this.#named = true;
    const holders = [...new Set(this.#holders.values())];
    const more = holders.length - mostNamed;
    const named = holders.slice(0, mostNamed).join(', ');
    return [found, { message: `those are of: ${named}${more > 0 ? `, and ${more} more` : ''}`, fails: true }];
  }
}

/** For a diagnostic. */
export function describeLeft(connections: readonly Row[]): string {
  const one = connections.length === 1;
  const many = one ? '1 connection' : `${connections.length} connections`;
  const each = one ? 'it where it was' : 'them where they were';
  const shown = connections.slice(0, mostDescribed).map(describeConnection);
  if (connections.length > mostDescribed) shown.push(`and ${connections.length - mostDescribed} more`);
  return `left ${many} open to its database (${shown.join('; ')}); end ${each} made, in the test or in the app under test: ${remedy}`;
}

function describeConnection({ name, state, query }: Row): string {
  const shown = String(query).replaceAll(/\s+/g, ' ').trim();
  const cut = shown.length > longestStatement ? `${shown.slice(0, longestStatement)}…` : shown;
  const last = shown === '' ? 'it has asked nothing' : `its last statement: ${cut}`;
  const who = name === '' ? '' : `of "${String(name)}", `;
  return `${who}${String(state)}, ${last}`;
}
