/** How a renderer is started on this machine. Loaded when one is started: every test file loads the config. */
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { IdentityLookup } from 'carpool';
import { locateRenderer, rendererEnvironment, type Machine, type RendererLocation } from './binary.ts';

export interface LaunchOptions {
  readonly rendererPath: string | undefined;
  /** As in the options of the dialect. */
  readonly inheritEnv: boolean | readonly string[];
  /** The renderer opens windows, on the desktop of the user. */
  readonly desktop: boolean;
}

export interface RendererLaunch extends RendererLocation {
  readonly inheritEnv: boolean | readonly string[];
}

/** The renderer to start, and the variables that it inherits. */
export function rendererLaunch(options: LaunchOptions, lookup: IdentityLookup): RendererLaunch {
  const { rendererPath, inheritEnv, desktop } = options;
  const { command, ...advice } = locateRenderer(rendererPath, machineOf(lookup));
  return {
    ...advice,
    command: lookup.find(command) ?? command,
    inheritEnv:
      typeof inheritEnv === 'boolean' ? inheritEnv : [...rendererEnvironment(lookup.env, desktop), ...inheritEnv],
  };
}

function machineOf({ env, cwd, find }: IdentityLookup): Machine {
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
