/** The names of wanted fields, in the form in which the keys of a map are compared with them. */
export interface Wanted {
  readonly names: readonly string[];
  /** The UTF-8 of each name. */
  readonly keys: readonly Uint8Array[];
  /** The round in which each name was last seen, so that nothing needs to be cleared between messages. */
  readonly seen: Float64Array;
  round: number;
}

const maxRemembered = 256;

/** Names are prepared once. */
export class NameCache {
  readonly #byArray = new WeakMap<readonly string[], Wanted>();
  readonly #byName = new Map<string, Wanted>();

  /** For an array that its owner keeps and does not change. */
  ofArray(names: readonly string[]): Wanted {
    let wanted = this.#byArray.get(names);
    if (wanted === undefined) this.#byArray.set(names, (wanted = prepare(names)));
    return wanted;
  }

  ofName(name: string): Wanted {
    return this.#ofNames(name, [name]);
  }

  /** For the names of an object that is made for each message. */
  ofKeys(fields: Readonly<Record<string, unknown>>): Wanted {
    const names = Object.keys(fields);
    return this.#ofNames(names.length === 1 ? (names[0] as string) : JSON.stringify(names), names);
  }

  #ofNames(key: string, names: readonly string[]): Wanted {
    const known = this.#byName.get(key);
    // A single name may look like a list of several.
    if (known !== undefined && known.names.length === names.length) return known;
    if (this.#byName.size >= maxRemembered) this.#byName.clear();
    const wanted = prepare(names);
    this.#byName.set(key, wanted);
    return wanted;
  }
}

/** The index of the name that the bytes from `start` to `end` spell; -1 for none. */
export function indexOfName(keys: readonly Uint8Array[], bytes: Uint8Array, start: number, end: number): number {
  const size = end - start;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as Uint8Array;
    if (key.length !== size) continue;
    let same = 0;
    while (same < size && key[same] === bytes[start + same]) same += 1;
    if (same === size) return index;
  }
  return -1;
}

function prepare(names: readonly string[]): Wanted {
  const encoder = new TextEncoder();
  return {
    names: [...names],
    keys: names.map((name) => encoder.encode(name)),
    seen: new Float64Array(names.length),
    round: 0,
  };
}
