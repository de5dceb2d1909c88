import { withPools } from '@carpool/vitest';
import type { Session } from 'carpool';
import { expectTypeOf } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config);
const byType = withPools<typeof config>();
const shared = withPools(config, { scope: { renderer: 'file', solver: 'worker' } });
withPools<typeof config>({ scope: { renderer: 'file' } });

// @ts-expect-error: no pool has this name
withPools(config, { scope: { rendrer: 'file' } });
// @ts-expect-error: there is no such scope
withPools(config, { scope: { renderer: 'run' } });

test('every pool is a fixture', ({ renderer, solver, carpool, task, expect }) => {
  expectTypeOf(renderer.id).toBeString();
  expectTypeOf(solver).toExtend<Session>();
  expectTypeOf(carpool.renderer.register()).resolves.toEqualTypeOf(renderer);
  expectTypeOf(task.name).toBeString();
  expect(carpool).toBeDefined();
  // @ts-expect-error: no pool has this name
  void carpool.rendrer;
});

// @ts-expect-error: no pool has this name
test('an unknown pool does not compile', ({ rendrer }) => void rendrer);

byType('the type alone gives the same', ({ renderer, carpool }) => {
  expectTypeOf(carpool.renderer.register()).resolves.toEqualTypeOf(renderer);
});

test('messages are those of the pool', async ({ renderer }) => {
  expectTypeOf(renderer.request({ type: 'hash' })).resolves.toEqualTypeOf<{ readonly hash: string }>();
  // @ts-expect-error: no message of the pool
  renderer.send({ type: 'no such message' });
});

shared('the scope changes no type', ({ renderer }) => {
  expectTypeOf(renderer.id).toBeString();
});

const derived = test.extend<{ title: string }>({
  title: async ({ renderer }, use) => use(renderer.id),
});
derived('extended tests keep the pools', ({ title, renderer }) => {
  expectTypeOf(title).toBeString();
  expectTypeOf(renderer.id).toBeString();
});
