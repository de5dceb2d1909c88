const { currentTestSlot } = require('carpool/adapter/current-test');

const goldens = async () => await currentTestSlot().currentTest.goldens();
const expected = { file: __filename, update: process.env.EXPECTED, accept: 'Jest with -u' };

beforeAll(async () => expect(await goldens()).toMatchObject(expected));

test('golden files are treated as snapshots are', async () => {
  expect(await goldens()).toMatchObject(expected);
});
