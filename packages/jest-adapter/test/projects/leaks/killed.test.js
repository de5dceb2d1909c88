const { appendFileSync, existsSync } = require('node:fs');
const { join } = require('node:path');
const { withPools } = require('@carpool/jest');

const test = withPools();
const before = join(__dirname, 'killed.txt');

test('a worker that is killed', async ({ narrow }) => {
  await narrow.request({ type: 'set', value: 1 });
  if (existsSync(before)) return;
  appendFileSync(before, narrow.id);
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
});
