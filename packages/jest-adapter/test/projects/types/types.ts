// Not run: compiled. Every line that must not compile says so.
import { withPools } from '@carpool/jest';
import { carpool as carpoolConfig } from '@carpool/jest/config';
import { withCarpool } from '@carpool/jest/environment';
import carpoolSetup from '@carpool/jest/global-setup';
import carpoolTeardown from '@carpool/jest/global-teardown';
import preset from '@carpool/jest/jest-preset';
import { TestEnvironment } from 'jest-environment-node';
import config from './carpool.config.ts';

const byValue = withPools(config, { scope: { plain: 'file' } });
const byType = withPools<typeof config>({ scope: { echo: 'test' } });
// @ts-expect-error -- there is no such pool
withPools(config, { scope: { ecko: 'file' } });
// @ts-expect-error -- nor such a scope
withPools(config, { scope: { echo: 'run' } });
withPools(config, { scope: { echo: 'worker' } });

byValue('fixtures have the types of their pools', async ({ echo, plain, carpool }) => {
  const { value } = await echo.request({ type: 'get' });
  value satisfies number;
  echo.send({ type: 'note', text: 'x' });
  // @ts-expect-error -- a number is no text
  echo.send({ type: 'note', text: 1 });
  // @ts-expect-error -- there is no such request
  await echo.request({ type: 'put' });
  for await (const event of echo.events()) event.number satisfies number;
  for await (const step of echo.interact({ type: 'steps' })) step.number satisfies number;
  await plain.request({ anything: true });
  const second = await carpool.echo.register({ wait: false });
  (await second.request({ type: 'get' })).value satisfies number;
  // @ts-expect-error -- there is no such pool
  await carpool.ecko.register();
  await using third = await carpool.plain.register();
  third.id satisfies string;
});

// @ts-expect-error -- there is no such pool
byType('unknown pools do not compile', async ({ ecko }) => ecko);

byType.each([
  [1, 'one'],
  [2, 'two'],
])('rows come first: %i %s', async (number, word, { echo }) => {
  return [number satisfies number, word satisfies string, echo.id satisfies string];
});
byType.each([{ a: 1 }])('rows may be objects', async ({ a }, { echo }) => [a satisfies number, echo.id]);
byType.concurrent.each(['a'])('or values', async (text, { echo }) => [text satisfies string, echo.id], 1_000);
byType.concurrent.only('all of it has fixtures', async ({ echo }) => echo.id);
byType.skip.failing('all of it has fixtures', async ({ echo }) => echo.id);
byType.only.each([1])('all of it has fixtures', async (one, { echo }) => [one, echo.id]);
byType.todo('nothing to compile');

export class Mine extends withCarpool(TestEnvironment) {
  override async setup(): Promise<void> {
    await super.setup();
    this.global satisfies object;
  }

  override async handleTestEvent(event: { readonly name: string }, state: object): Promise<void> {
    await super.handleTestEvent(event, state);
  }
}

export const extended = { ...preset, testTimeout: 10 };
void carpoolSetup({ rootDir: '.' }, { rootDir: '.' });
void carpoolTeardown({ rootDir: '.' }, { rootDir: '.' });
export const part = { ...carpoolConfig({ configFile: 'x.ts', summary: false }), testTimeout: 10 };
// @ts-expect-error -- there is no such option
carpoolConfig({ configFil: 'x.ts' });
