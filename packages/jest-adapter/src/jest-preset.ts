/**
 * `preset: '@carpool/jest'`; or spread it, where another preset is there already. Built as CommonJS alone: what `require`
 * and a default import give is the preset, a plain object. Reporters are the project's own.
 */
import { join } from 'node:path';

/** The file that starts the hosts. */
export const globalSetup: string = join(import.meta.dirname, 'global-setup.mjs');
/** The file that stops the hosts. */
export const globalTeardown: string = join(import.meta.dirname, 'global-teardown.mjs');
/** Jest's environment for Node, with Carpool. */
export const testEnvironment: string = join(import.meta.dirname, 'environment.mjs');
