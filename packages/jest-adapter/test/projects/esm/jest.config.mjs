export default {
  preset: '@carpool/jest',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/strip.mjs' },
  testMatch: ['**/*.test.ts'],
};
