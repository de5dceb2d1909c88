import { expect, test } from 'vitest';
import { postgres } from './index.ts';

test('an option that is none is named, with the one that was meant and all that there are', () => {
  expect(() => postgres({ schemas: 'a.sql' } as never)).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(
        /^Cannot call `postgres`: it has no option "schemas"; did you mean "schema"\? it takes schema, extensions, .*maxSessions/,
      ) as string,
    }),
  );
  expect(() => postgres({ watch: ['a.sql'] } as never)).toThrow('it has no option "watch"');
});
