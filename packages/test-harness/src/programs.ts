/** What a machine may lack, such as a program: without it, some tests are skipped and their titles say why. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env, platform } from 'node:process';

export interface OptionalProgram {
  readonly path: string | undefined;
  /** For the titles of its tests: ` (skipped: there is no python3 on PATH)`, or nothing. */
  readonly reason: string;
}

/**
 * Looks for a program on PATH.
 *
 * @param names - the first that is found is used
 * @param variable - an environment variable: with the value `required`, a program that is missing is an error. Default: it never is
 */
export function optionalProgram(names: readonly string[], variable?: string): OptionalProgram {
  const path = names.flatMap((name) => onPath(name)).at(0);
  if (path !== undefined) return { path, reason: '' };
  const missing = `there is no ${names.join(', and no ')} on PATH`;
  if (variable !== undefined && env[variable] === 'required')
    throw new Error(`${missing}, and ${variable} is "required": install one`);
  return { path, reason: ` (skipped: ${missing})` };
}

/** What must be so for a test to run. */
export interface Condition {
  readonly holds: boolean;
  /** For the title of the test: ` (skipped: this is no Linux)`, or nothing. */
  readonly reason: string;
}

/** @param otherwise why the test is skipped, a clause */
export function condition(holds: boolean, otherwise: string): Condition {
  return { holds, reason: holds ? '' : ` (skipped: ${otherwise})` };
}

export const linux: Condition = condition(platform === 'linux', 'this is no Linux');
export const posix: Condition = condition(platform !== 'win32', 'this is Windows');

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
