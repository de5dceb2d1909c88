/** `preset: '@carpool/jest'`; or spread it, where another preset is there already. Reporters are the project's own. */
import { join } from 'node:path';

const file = (name: string): string => join(import.meta.dirname, name);

const preset: { readonly globalSetup: string; readonly globalTeardown: string; readonly testEnvironment: string } = {
  globalSetup: file('global-setup.mjs'),
  globalTeardown: file('global-teardown.mjs'),
  testEnvironment: file('environment.mjs'),
};

export default preset;
