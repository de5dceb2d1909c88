const preset = require('@carpool/jest/jest-preset');

module.exports = { ...preset, testEnvironment: './environment.js' };
