/** The renderer behind a script that counts its starts. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class CountedRenderer {
  /** What is started in the renderer's place. */
  readonly script: string;
  readonly #starts: string;

  constructor(renderer: string, folder: string) {
    this.script = join(folder, 'plushie-renderer');
    this.#starts = join(folder, 'starts');
    const lines = ['#!/bin/sh', `echo >>'${this.#starts}'`, `exec '${renderer}' "$@"`, ''];
    writeFileSync(this.script, lines.join('\n'), { mode: 0o755 });
  }

  /** How often it has been started. */
  get starts(): number {
    return existsSync(this.#starts) ? readFileSync(this.#starts, 'utf8').length : 0;
  }
}
