import preset from '@carpool/jest/jest-preset';

export default {
  ...preset,
  globalSetup: './setup.js',
  globalTeardown: './teardown.js',
  testMatch: ['**/*.test.cjs'],
};
