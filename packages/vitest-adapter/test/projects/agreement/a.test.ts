import { isCarpoolError, register, withPools } from '@carpool/vitest';
import type { Session } from 'carpool';
import { beforeAll, expect, test as plain } from 'vitest';
import config from './carpool.config.ts';
import { another } from './helper.ts';

const test = withPools(config, { scope: { echo: 'worker' } });
const { echo } = config.pools;
let ofFile: Session;
let refused: unknown;
let kept: Session;

beforeAll(async () => {
  ofFile = await register('echo', { scope: 'file' });
  refused = await register('echo').catch((thrown: unknown) => thrown);
});

plain('a helper module takes a session for the test that runs', async () => {
  kept = await another();
  expect(await kept.request({ type: 'set', value: 1 })).toMatchObject({ value: 1 });
});

plain('it ended with its test, and the session of the file did not', async () => {
  await expect(kept.request({ type: 'get' })).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
  expect(await ofFile.request({ type: 'set', value: 2 })).toMatchObject({ value: 2 });
});

plain('outside of tests it is refused, with what to write instead', () => {
  expect(isCarpoolError(refused, 'SESSION_MISUSED')).toBe(true);
  expect(String(refused)).toContain("write `register('echo', { scope: 'file' })`");
});

plain.for([
  [{ pools: { carpool: echo } }, 'pool "carpool": Carpool gives every test a fixture of that name'],
  [{ pools: { echo }, sharedWorkers: { echo: './x.js' } }, 'shared worker "echo": a pool has that name'],
] as const)('names that are taken are refused: %#', ([wrong, words]) => {
  expect(() => withPools(wrong)).toThrow(`Cannot make a fixture of the ${words}`);
});

test('a worker has one session for its tests', async ({ echo: shared }) => {
  const { value = 0 } = (await shared.request({ type: 'get' })) as { value?: number };
  await shared.request({ type: 'set', value: value + 1 });
  console.log(`test ${value + 1} of this worker`);
});

// No text of this file, of which runners show lines.
const planted = (number: number): string => ['planted', number].join('-');

test('must fail: an error of Carpool', async ({ carpool }) => {
  const one = await carpool.echo.register({ owner: 'one' });
  await one.request({ type: 'set', value: 'said before', user: { password: planted(1), card_pin: planted(2) } });
  await one.request({ type: 'set', value: `${'long '.repeat(60)}end` });
  await one.request({ type: 'log', text: `PGPASSWORD=${planted(3)} pin: "${planted(4)}" keyboard=us` });
  void one.request({ type: 'silence', about: 'nothing' }).catch(() => {});
  await carpool.echo.register({ owner: 'one' });
});
