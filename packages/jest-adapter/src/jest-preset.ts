/**
 * `preset: '@carpool/jest'`; or spread it, where another preset is there already. Built as CommonJS alone: what `require`
 * and a default import give is the preset, a plain object. Reporters are the project's own.
 */
import { join } from 'node:path';

export const globalSetup: string = join(import.meta.dirname, 'global-setup.mjs');
export const globalTeardown: string = join(import.meta.dirname, 'global-teardown.mjs');
export const testEnvironment: string = join(import.meta.dirname, 'environment.mjs');
