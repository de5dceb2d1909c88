/** The golden file of one assertion: read, written, or the reason of a failure. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CarpoolError } from 'carpool/adapter/realm';
import { invalid, type GoldenCall, type GoldenKind } from './call.ts';
import { claim } from './claims.ts';
import { placeOf, type Place } from './place.ts';
import { currentRunner, type Runner } from './runner.ts';

export class GoldenFile {
  readonly kind: GoldenKind;
  readonly call: GoldenCall;
  readonly runner: Runner;
  readonly place: Place;
  /** Which golden files are written. */
  readonly update: Runner['update'];

  private constructor(kind: GoldenKind, call: GoldenCall, runner: Runner) {
    this.kind = kind;
    this.call = call;
    this.runner = runner;
    this.update = process.env[kind.variable] === '1' ? 'all' : runner.update;
    const place = placeOf(call, runner);
    if (typeof place === 'string') throw invalid(call, kind, place);
    this.place = place;
  }

  /** @throws CarpoolError GOLDEN_INVALID if the name or the place cannot be used */
  static async of(kind: GoldenKind, call: GoldenCall): Promise<GoldenFile> {
    return new GoldenFile(kind, call, await currentRunner());
  }

  get path(): string {
    return this.place.golden(this.kind.extension);
  }

  /** Undefined: there is no such file. */
  read(): Buffer | undefined {
    return existsSync(this.path) ? readFileSync(this.path) : undefined;
  }

  /** What stands beside it, by extension. */
  readBeside(extension: string): string | undefined {
    const path = this.place.golden(extension);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  /** Writes what stands beside it, by extension. */
  writeBeside(extension: string, content: string): void {
    save(this.place.golden(extension), content);
  }

  /** The assertion holds. @param hash of the result */
  passed(hash: string): void {
    this.#claim(hash, false);
    this.#removeFailures();
  }

  /** @param hash of the result @param content of the file */
  write(hash: string, content: string | Uint8Array): void {
    this.#claim(hash, true);
    const before = this.read();
    save(this.path, content);
    this.#removeFailures();
    // A mistake in a name, or a change that was not meant, would pass without a word.
    if (before === undefined) console.info(`carpool: wrote the golden file ${this.path}`);
    else if (!before.equals(Buffer.from(content))) console.info(`carpool: wrote the golden file ${this.path} anew`);
  }

  #claim(hash: string, writes: boolean): void {
    const { path, call, kind } = this;
    const at = call.site.stack.split('\n')[1]?.trim() ?? 'elsewhere';
    const earlier = claim(this.runner.run, { path, hash, at }, writes);
    if (earlier !== undefined) throw this.#taken(call, kind, earlier);
  }

  #taken(
    call: GoldenCall,
    kind: GoldenKind,
    { path, at }: { readonly path: string; readonly at: string },
  ): CarpoolError {
    const reason =
      path === this.path
        ? `another ${kind.what} of this run has this name, ${at}; give each its own, or find out why it differs from attempt to attempt`
        : `on many systems its file is ${path}, which another assertion of this run uses, ${at}; give each a name that differs in more than case`;
    return invalid(call, kind, reason);
  }

  /** They would mislead, now that there is no failure. */
  #removeFailures(): void {
    const { failures, failure } = this.place;
    if (failures === undefined || !existsSync(failures)) return;
    for (const part of ['expected', 'actual', 'diff']) {
      for (const extension of ['png', 'tree.json']) rmSync(failure(part, extension), { force: true });
    }
  }
}

/** Whole or not at all: another process or thread may read it, or write it too. */
export function save(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${Math.random().toString(36).slice(2)}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}
