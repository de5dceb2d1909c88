// Two projects with the same tests: there is always somebody to share with.
const projects = ['one', 'two'].map((displayName) => ({
  displayName,
  preset: '@carpool/jest',
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': './strip.mjs' },
}));

export default { maxWorkers: 2, projects };
