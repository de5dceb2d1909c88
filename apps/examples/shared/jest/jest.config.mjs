// Two projects with the same tests, so that there is always another test to share with.
const projects = ['one', 'two'].map((displayName) => ({
  displayName,
  preset: '@carpool/jest',
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': './strip.mjs' },
}));

export default { maxWorkers: 2, projects };
