/** Enough of a message to recognise it in an error. It never throws, since it runs after something has failed. */

const longestText = 60;
const deepest = 4;
const mostEntries = 12;

/** At most `max` characters that look like a literal; binary is counted, not shown. */
export function describeMessage(message: unknown, max: number = 200): string {
  const text = new Summary(max);
  try {
    text.value(message, 0);
  } catch {
    // A getter or a proxy of the user's threw.
    text.add('<cannot be shown>');
  }
  return text.toString();
}

class Summary {
  readonly #max: number;
  #text = '';

  constructor(max: number) {
    this.#max = max;
  }

  add(text: string): void {
    if (this.#text.length <= this.#max) this.#text += text;
  }

  toString(): string {
    return this.#text.length > this.#max ? `${this.#text.slice(0, this.#max - 1)}…` : this.#text;
  }

  value(value: unknown, depth: number): void {
    if (typeof value === 'string') this.add(quoted(value));
    else if (typeof value === 'bigint') this.add(`${value}n`);
    else if (typeof value !== 'object' || value === null) this.add(String(value));
    else if (ArrayBuffer.isView(value)) this.add(`<Uint8Array ${value.byteLength} bytes>`);
    else if (Object.prototype.toString.call(value) === '[object Date]') this.add((value as Date).toISOString());
    else if (Array.isArray(value)) this.#entries('[', value.entries(), ']', depth, false);
    else if (value instanceof Map) this.#entries('{', value.entries(), '}', depth, true);
    else this.#entries('{', entriesOf(value), '}', depth, true);
  }

  #entries(open: string, entries: Iterable<[unknown, unknown]>, close: string, depth: number, named: boolean): void {
    this.add(open);
    let count = 0;
    for (const [name, value] of entries) {
      if (count > 0) this.add(', ');
      if (depth >= deepest || count >= mostEntries || this.#text.length > this.#max) {
        this.add('…');
        break;
      }
      count += 1;
      if (named) this.add(`${String(name)}: `);
      this.value(value, depth + 1);
    }
    this.add(close);
  }
}

function* entriesOf(value: object): Generator<[string, unknown]> {
  for (const name of Object.keys(value)) yield [name, (value as Readonly<Record<string, unknown>>)[name]];
}

function quoted(text: string): string {
  return JSON.stringify(text.length > longestText ? `${text.slice(0, longestText)}…` : text);
}
