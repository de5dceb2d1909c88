const { join } = require('node:path');

const child = {
  command: process.execPath,
  args: [join(__dirname, 'child.mjs')],
  protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
};

module.exports = {
  preset: '@carpool/jest',
  testEnvironmentOptions: { carpool: { pools: { echo: child }, summary: false }, another: 'global' },
};
