/** The renderer behind a script that counts its starts. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class CountedRenderer {
  /** What is started in the renderer's place. */
  readonly script: string;
  /** A line for each start: the process id, which is the renderer's from then on. */
  readonly log: string;

  constructor(renderer: string, folder: string) {
    this.script = join(folder, 'plushie-renderer');
    this.log = join(folder, 'starts');
    const lines = ['#!/bin/sh', `echo $$ >>'${this.log}'`, `exec '${renderer}' "$@"`, ''];
    writeFileSync(this.script, lines.join('\n'), { mode: 0o755 });
  }

  /** How often it has been started. */
  get starts(): number {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8').split('\n').length - 1 : 0;
  }
}
