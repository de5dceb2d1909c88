/** What the search for a renderer reads of this machine. A module of its own, loaded when a renderer is started. */
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { CommandLookup } from 'carpool';
import type { Machine } from './binary.ts';

export function thisMachine({ env, cwd, find }: CommandLookup): Machine {
  const { platform, arch } = process;
  return { env, platform, arch, cwd: resolve(cwd), isProgram, exists: existsSync, list, find, join, resolve, dirname };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // Not there, or not to be executed: the next place is looked at.
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Not there, or not to be read: the next place is looked at.
  }
}
