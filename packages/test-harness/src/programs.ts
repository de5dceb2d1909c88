/** Programs that a machine may lack: without one, its tests are skipped and their titles say why. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';

export interface OptionalProgram {
  readonly path: string | undefined;
  /** For the titles of its tests: ` (skipped: there is no python3 on PATH)`, or nothing. */
  readonly reason: string;
}

/**
 * Looks for a program on PATH.
 *
 * @param names - the first that is found is used
 * @param variable - an environment variable: with the value `required`, a program that is missing is an error
 */
export function optionalProgram(names: readonly string[], variable: string): OptionalProgram {
  const path = names.flatMap((name) => onPath(name)).at(0);
  if (path !== undefined) return { path, reason: '' };
  const missing = `there is no ${names.join(', and no ')} on PATH`;
  if (env[variable] === 'required') throw new Error(`${missing}, and ${variable} is "required": install one`);
  return { path, reason: ` (skipped: ${missing})` };
}

function onPath(name: string): string[] {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).filter((path) => isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export const python: OptionalProgram = optionalProgram(['python3'], 'CARPOOL_PYTHON');
export const git: OptionalProgram = optionalProgram(['git'], 'CARPOOL_GIT');
export const chromium: OptionalProgram = optionalProgram(['chromium'], 'CARPOOL_CHROMIUM');
