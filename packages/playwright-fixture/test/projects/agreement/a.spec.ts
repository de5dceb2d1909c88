import { isCarpoolError, register, withPools } from '@carpool/playwright';
import { expect } from '@playwright/test';
import type { Session } from 'carpool';
import config from './carpool.config.ts';
import { another } from './helper.ts';

const test = withPools(config);
const shared = withPools(config, { scope: { echo: 'worker' } });
const inFile = withPools(config, { scope: { echo: 'file' } });
const { echo } = config.pools;
let ofFile: Session;
let refused: unknown;
let kept: Session;

test.beforeAll(async () => {
  ofFile = await register('echo', { scope: 'file' });
  refused = await register('echo').catch((thrown: unknown) => thrown);
});

test('a helper module takes a session for the test that runs', async () => {
  kept = await another();
  expect(await kept.request({ type: 'set', value: 1 })).toMatchObject({ value: 1 });
});

test('it ended with its test, and the session of the file did not', async () => {
  await expect(kept.request({ type: 'get' })).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
  expect(await ofFile.request({ type: 'set', value: 2 })).toMatchObject({ value: 2 });
});

test('outside of tests it is refused, with what to write instead', () => {
  expect(isCarpoolError(refused, 'SESSION_MISUSED')).toBe(true);
  expect(String(refused)).toContain("write `register('echo', { scope: 'file' })`");
});

for (const [number, [wrong, words]] of (
  [
    [{ pools: { carpool: echo } }, 'pool "carpool": Carpool gives every test a fixture of that name'],
    [{ pools: { echo }, sharedWorkers: { echo: './x.js' } }, 'shared worker "echo": a pool has that name'],
  ] as const
).entries()) {
  test(`names that are taken are refused: ${number}`, () => {
    expect(() => withPools(wrong)).toThrow(`Cannot make a fixture of the ${words}`);
  });
}

test('the same config and options make the same `test`', () => {
  expect(withPools(config)).toBe(test);
  expect(withPools(config, { scope: { echo: 'worker' } })).toBe(shared);
  expect(withPools(config, { scope: { echo: 'file' } })).not.toBe(shared);
});

inFile('a file has one session for its tests', async ({ echo: all }) => {
  await all.request({ type: 'set', value: 'kept' });
});

inFile('and sees it again', async ({ echo: all }) => {
  expect(await all.request({ type: 'get' })).toMatchObject({ value: 'kept' });
});

shared('a worker has one session for its tests', async ({ echo: all }) => {
  const { value = 0 } = (await all.request({ type: 'get' })) as { value?: number };
  await all.request({ type: 'set', value: value + 1 });
  console.log(`test ${value + 1} of this worker`);
});
