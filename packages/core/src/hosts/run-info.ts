/** A run, as the processes of other runs see it. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { statOf } from '../process/files.ts';
import type { RunInfo } from '../wire/machine-messages.ts';

/** The run of this process. @param folder of its project */
export function runInfo(folder: string, runner: string): RunInfo {
  const id = process.getBuiltinModule('node:crypto').randomUUID();
  return { id, folder, branch: branchOf(folder), pid: process.pid, runner };
}

/** The root of the work tree that a folder is in: where `.git` is, a folder, or in a linked work tree a file. */
export function workTreeOf(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (statOf(join(at, '.git')) !== undefined) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** What is checked out, or the beginning of a commit. It runs no git. */
export function branchOf(folder: string): string | undefined {
  const root = workTreeOf(folder);
  if (root === undefined) return undefined;
  try {
    const git = join(root, '.git');
    const linked = statOf(git)?.isFile() === true ? /^gitdir: (.+)$/m.exec(readFileSync(git, 'utf8'))?.[1] : git;
    if (linked === undefined) return undefined;
    const head = readFileSync(resolve(root, linked, 'HEAD'), 'utf8').trim();
    return /^ref: refs\/heads\/(.+)$/.exec(head)?.[1] ?? head.slice(0, 10);
  } catch {
    return undefined;
  }
}
