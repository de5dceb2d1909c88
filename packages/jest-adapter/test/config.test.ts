import { expect, test } from 'vitest';
import { carpool } from '../src/config.ts';
import setup from '../src/global-setup.ts';

test('an option that there is not is refused by name', () => {
  expect(() => carpool({ sumary: false } as never)).toThrow(
    'Cannot call `carpool`: it has no option "sumary"; did you mean "summary"? it takes configFile, configTimeout, evidence, host, pools, summary',
  );
  expect(() => carpool({ configfile: 'a.ts' } as never)).toThrow('did you mean "configFile"?');
});

test('so is one that a Jest config has by hand, in `testEnvironmentOptions`', async () => {
  const rootDir = import.meta.dirname;
  const project = { rootDir, testEnvironmentOptions: { carpool: { sumary: false } } };
  await expect(setup({ rootDir }, project)).rejects.toThrow('it has no option "sumary"; did you mean "summary"?');
});
