const { appendFileSync, existsSync } = require('node:fs');
const { join } = require('node:path');
const { withPools } = require('@carpool/jest');

const test = withPools();
const before = join(__dirname, 'exits.txt');

test('a test that calls `process.exit`', async ({ narrow }) => {
  await narrow.request({ type: 'set', value: 1 });
  if (existsSync(before)) return;
  appendFileSync(before, narrow.id);
  process.exit(1);
});
