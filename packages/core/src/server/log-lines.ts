/** Looks for a line in the log of a server, as it comes. */

/** Characters of one line that are looked at. */
const longestLine = 64 * 1024;

export class LogLines {
  readonly #pattern: RegExp;
  readonly #unfinished = { stdout: '', stderr: '' };
  readonly #decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  readonly found: Promise<Readonly<Record<string, string>>>;
  #resolve!: (groups: Readonly<Record<string, string>>) => void;
  #over = false;

  constructor(pattern: RegExp) {
    // One that is `g` or `y` keeps a place.
    this.#pattern = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ''));
    this.found = new Promise((resolve) => (this.#resolve = resolve));
  }

  push(chunk: Uint8Array, from: 'stdout' | 'stderr'): void {
    if (this.#over) return;
    const text = this.#unfinished[from] + this.#decoders[from].decode(chunk, { stream: true });
    const lines = text.split(/\r?\n/);
    this.#unfinished[from] = (lines.at(-1) ?? '').slice(0, longestLine);
    // Also the last one: some print no end of line before they wait.
    for (const [at, line] of lines.entries()) {
      const match = this.#pattern.exec(line);
      // The rest of an unfinished line may be part of a group.
      if (match === null || (at === lines.length - 1 && match.groups !== undefined)) continue;
      this.#over = true;
      this.#resolve({ ...match.groups });
      return;
    }
  }
}
