import { expect, test } from 'vitest';
import { redis } from './index.ts';

test.each([
  [
    { isolatoin: 'prefix' },
    '`redis`: it has no option "isolatoin"; did you mean "isolation"? it takes isolation, binary, ',
  ],
  [{ command: 'redis-server' }, '`redis`: it has no option "command"'],
  [{ isolation: 'server' }, 'redis({ isolation }) is "server"; it may be "database" or "prefix"'],
])('%s is refused when the config is read', (options, text) => {
  expect(() => redis(options as never)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(text) as string }),
  );
});
