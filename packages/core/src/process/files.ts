/** Files that may not be there, or not be ours to see or to remove. */
import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  type RmOptions,
  type Stats,
} from 'node:fs';

/** The names in a directory; none if it cannot be read. */
export function listOrEmpty(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** As `stat`; undefined where there is nothing, or nothing that we may see. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** The same of a link itself. */
export function lstatOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

/**
 * A part of a file: less than `count` bytes where it ends before.
 * @param from bytes from its beginning; negative: from its end, or from its beginning where it has fewer
 * @throws Error of the system
 */
export function bytesAt(path: string, from: number, count: number): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const at = from < 0 ? Math.max(0, fstatSync(descriptor).size + from) : from;
    const bytes = Buffer.alloc(count);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, count, at));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Removes a file, with `recursive` also a folder and all that is in it.
 * @returns whether it is gone; false where the system refuses: its folder is read-only, say, or another user's
 */
export function removeIfAllowed(path: string, options: Pick<RmOptions, 'recursive' | 'maxRetries'> = {}): boolean {
  try {
    rmSync(path, { ...options, force: true });
    return true;
  } catch {
    return false;
  }
}

/** Enough of a file to notice that it was replaced or rebuilt. */
export interface Fingerprint {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

/** @returns undefined if there is no such file just now: a build may be replacing it */
export function fingerprint(path: string): Fingerprint | undefined {
  const stats = statOf(path);
  return stats === undefined ? undefined : { size: stats.size, mtimeMs: stats.mtimeMs, ino: stats.ino };
}

export function sameFingerprint(a: Fingerprint | undefined, b: Fingerprint | undefined): boolean {
  return a?.size === b?.size && a?.mtimeMs === b?.mtimeMs && a?.ino === b?.ino;
}

/** Files, and the globs that found some of them. All paths are absolute. */
export interface WatchedFiles {
  readonly files: readonly string[];
  readonly globs: readonly string[];
}
