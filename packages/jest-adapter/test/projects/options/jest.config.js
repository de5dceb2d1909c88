const { join } = require('node:path');
const { carpool } = require('@carpool/jest/config');

const child = {
  command: process.execPath,
  args: [join(__dirname, 'child.mjs')],
  protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
};

const part = carpool({ pools: { echo: child }, summary: false });

module.exports = { ...part, testEnvironmentOptions: { ...part.testEnvironmentOptions, another: 'global' } };
