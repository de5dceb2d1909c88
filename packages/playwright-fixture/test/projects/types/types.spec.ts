import { withPools, expect, test as plain, type CarpoolUse } from '@carpool/playwright';
import { defineConfig, mergeTests, test as base } from '@playwright/test';
import type { Session } from 'carpool';
import config from './carpool.config.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(...proof: Equal<A, B> extends true ? [] : ['different types']): void;

const test = withPools(config);
const byType = withPools<typeof config>();
const made = withPools();

test('every pool is a fixture', async ({ renderer, solver, carpool, carpoolWorker, page }, testInfo) => {
  const session: Session = solver;
  const more = await carpool.renderer.register({ owner: 'second' });
  same<typeof more, typeof renderer>();
  const shared = await carpoolWorker.renderer.register();
  same<typeof shared, typeof renderer>();
  void [session, page.url, testInfo.title];
  // @ts-expect-error: no pool has this name
  void carpool.rendrer;
});

// @ts-expect-error: no pool has this name
test('an unknown pool does not compile', ({ rendrer }) => void rendrer);

byType('the type alone gives the same', async ({ renderer, carpool }) => {
  const more = await carpool.renderer.register();
  same<typeof more, typeof renderer>();
});

made('so does `Register`', async ({ renderer, carpool, browserName }) => {
  const more = await carpool.renderer.register();
  same<typeof more, typeof renderer>();
  same<typeof browserName, 'chromium' | 'firefox' | 'webkit'>();
});

plain('and `test`, where the config says so', async ({ carpool }) => {
  const renderer = await carpool.renderer.register();
  renderer.send({ type: 'advance_frame', timestamp: 1 });
  // @ts-expect-error: no pool has this name
  void carpool.rendrer;
});

test('messages are those of the dialect', async ({ renderer }) => {
  await expect(renderer).toReply({ type: 'tree_hash', name: 'x' }, { hash: expect.any(String) });
  await expect(renderer).not.toReply({ type: 'tree_hash', name: 'x' }, { hash: '' });
  // @ts-expect-error: no request of the dialect
  await expect(renderer).toReply({ type: 'no such request' }, {});
  // @ts-expect-error: nor a field of the reply
  await expect(renderer).toReply({ type: 'tree_hash', name: 'x' }, { has: '' });
  await expect(renderer).toReceiveEvent({ family: 'announce' });
  // @ts-expect-error: no field of an event
  await expect(renderer).toReceiveEvent({ famly: 'announce' });
  // @ts-expect-error: no message of the dialect
  renderer.send({ type: 'no such message' });
});

test('matchers exist for sessions only', async ({ renderer, page }) => {
  await expect(page).toHaveTitle('still there');
  expect(1).toBe(1);
  expect(renderer.id).toBe('s1');
  expect(renderer).toBeDefined();
  // @ts-expect-error: no session
  await expect(1).toReply({}, {});
  // @ts-expect-error: no session
  await expect(page).toReceiveEvent({});
});

const derived = test.extend<{ title: string }, { shared: Session }>({
  title: async ({ renderer }, use) => use(renderer.id),
  shared: [async ({ carpoolWorker }, use) => use(await carpoolWorker.solver.register()), { scope: 'worker' }],
});
const merged = mergeTests(test, base.extend<{ more: number }>({ more: 1 }));

derived('extended tests keep the pools', ({ title, renderer, shared }) => void [title.length, renderer.id, shared.id]);
merged('merged ones too', ({ more, renderer }) => void [more.toFixed(), renderer.id]);

test.use({ carpoolTimeout: 500 });
test.use({ carpoolEvidence: 'always' });
// @ts-expect-error: there is no such rule
test.use({ carpoolEvidence: 'sometimes' });
// @ts-expect-error: not a number
test.use({ carpoolTimeout: '5 s' });

defineConfig<CarpoolUse>({
  use: { carpoolTimeout: 500 },
  projects: [{ name: 'one', use: { carpoolEvidence: 'off' } }],
});
// @ts-expect-error: there is no such rule
defineConfig<CarpoolUse>({ use: { carpoolEvidence: 'sometimes' } });
