module.exports = {
  projects: [
    { displayName: 'one', rootDir: '<rootDir>/one', preset: '@carpool/jest' },
    '<rootDir>/two',
    '<rootDir>/own/jest.config.js',
  ],
};
