import { expect, test } from 'vitest';
import { carpool } from '../src/config.ts';

test('an option that there is not is refused by name', () => {
  expect(() => carpool({ sumary: false } as never)).toThrow(
    'Cannot call `carpool`: it has no option "sumary"; did you mean "summary"? it takes configFile, configTimeout, evidence, host, pools, summary',
  );
  expect(() => carpool({ configfile: 'a.ts' } as never)).toThrow('did you mean "configFile"?');
});
