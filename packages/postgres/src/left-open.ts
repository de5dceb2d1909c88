/** Databases of tests that have ended, to which something is still connected, and what is said of that. */
import type { Row } from './client.ts';

/** More than these may be left by tests that run by then; before one has gone, no database is made. */
export const mostLeft = 8;
/** Tests that an error names. */
const mostNamed = 10;
/** Connections of a test. */
const mostDescribed = 3;
/** Characters of a statement that are shown. */
const longestStatement = 120;
const remedy = 'await client.end()';

export class LeftOpen {
  /** What names its test, by the name of the database, in the order of their ends. */
  readonly #holders = new Map<string, string>();

  get names(): readonly string[] {
    return [...this.#holders.keys()];
  }

  get isFull(): boolean {
    return this.#holders.size > mostLeft;
  }

  add(database: string, holder: string): void {
    this.#holders.set(database, holder);
  }

  delete(database: string): void {
    this.#holders.delete(database);
  }

  /** What a test that wants a database fails with. */
  error(): Error {
    const holders = [...this.#holders.values()];
    const named = [...new Set(holders)];
    const lines = named.slice(0, mostNamed);
    if (named.length > mostNamed) lines.push(`and ${named.length - mostNamed} more`);
    const what = `${holders.length} databases stay, because tests have ended with connections to them open, and no other one is made before some of these have gone`;
    return new Error(`${what}:\n  ${lines.join('\n  ')}\n  End the client in each of these tests: ${remedy}`);
  }
}

/** For a diagnostic. */
export function describeLeft(connections: readonly Row[]): string {
  const many = connections.length === 1 ? '1 connection' : `${connections.length} connections`;
  const shown = connections.slice(0, mostDescribed).map(describeConnection);
  if (connections.length > mostDescribed) shown.push(`and ${connections.length - mostDescribed} more`);
  return `left ${many} open to its database (${shown.join('; ')}); end the client: ${remedy}`;
}

function describeConnection({ name, state, query }: Row): string {
  const shown = String(query).replaceAll(/\s+/g, ' ').trim();
  const cut = shown.length > longestStatement ? `${shown.slice(0, longestStatement)}…` : shown;
  const last = shown === '' ? 'it has asked nothing' : `its last statement: ${cut}`;
  const who = name === '' ? '' : `of "${String(name)}", `;
  return `${who}${String(state)}, ${last}`;
}
