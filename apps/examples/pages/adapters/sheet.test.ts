import assert from 'node:assert/strict';
import { register, withPools } from './adapter.ts';
import config from './carpool.config.ts';

const test = withPools(config);
const inFile = withPools(config, { scope: { sheet: 'file' } });
const total = { type: 'sum', column: 'A' };

test('every test has a sheet of its own', async ({ sheet, carpool }) => {
  const others = [await carpool.sheet.register(), await register('sheet')];
  sheet.send({ type: 'set', cell: 'A1', value: 2 });
  assert.equal((await sheet.request(total))['value'], 2);
  for (const other of others) assert.equal((await other.request(total))['value'], 0);
});

inFile('tests of a file may share one', ({ sheet }) => {
  sheet.send({ type: 'set', cell: 'A1', value: 3 });
});

inFile('and find what the test before has written', async ({ sheet }) => {
  assert.equal((await sheet.request(total))['value'], 3);
});
