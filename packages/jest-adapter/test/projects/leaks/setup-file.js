const { existsSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { register } = require('@carpool/jest');

// Jest tears down no environment whose set-up files fail. Here it is that of the first file.
module.exports = async () => {
  const before = join(__dirname, 'setup.txt');
  if (existsSync(before)) return;
  const narrow = await register('narrow', { scope: 'file' });
  writeFileSync(before, narrow.id);
  throw new Error('the set-up file fails on purpose');
};
