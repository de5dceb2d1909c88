/** Writes all files or none: each is written beside its place first, and then moved. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../../base/thrown.ts';
import type { Change } from './plan.ts';
import { Refusal } from './refusal.ts';

interface Staged {
  readonly change: Change;
  /** Without links: a link stays one. */
  readonly target: string;
  readonly part: string;
}

export class Stage {
  readonly #staged: Staged[] = [];
  readonly #folders: string[] = [];

  /** @throws Refusal if one cannot be written: then none is there */
  constructor(root: string, changes: readonly Change[]) {
    for (const change of changes) {
      try {
        this.#write(join(root, change.file), change);
      } catch (thrown) {
        this.discard();
        throw new Refusal(`Cannot write ${change.file}: ${messageOf(thrown)}; nothing is written`);
      }
    }
  }

  #write(path: string, change: Change): void {
    const folder = mkdirSync(dirname(path), { recursive: true });
    if (folder !== undefined) this.#folders.push(folder);
    const target = change.before === undefined ? path : realpathSync(path);
    const mode = change.before === undefined ? undefined : statSync(target).mode;
    const part = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
    this.#staged.push({ change, target, part });
    writeFileSync(part, change.after, { flag: 'wx', mode });
  }

  /** Leaves everything as it was. */
  discard(): void {
    for (const { part } of this.#staged) rmSync(part, { force: true });
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }

  /**
   * Puts all in their places. What the package manager has written meanwhile is edited as it is now.
   * @throws Refusal if one cannot be put there, or was changed by others: then all are as they were
   */
  commit(): void {
    const done: { readonly target: string; readonly before: string | undefined }[] = [];
    for (const { change, target, part } of this.#staged) {
      try {
        const { file, before, edit } = change;
        const now = existsSync(target) ? readFileSync(target, 'utf8') : undefined;
        if (now !== before) {
          if (now === undefined || edit === undefined || basename(target) !== 'package.json')
            throw new Error('it was changed meanwhile');
          writeFileSync(part, edit(file, now) ?? now);
        }
        renameSync(part, target);
        done.push({ target, before: now });
      } catch (thrown) {
        for (const { target: other, before } of done)
          if (before === undefined) rmSync(other);
          else writeFileSync(other, before);
        this.discard();
        throw new Refusal(`Cannot write ${change.file}: ${messageOf(thrown)}; all files are as they were`);
      }
    }
  }
}
