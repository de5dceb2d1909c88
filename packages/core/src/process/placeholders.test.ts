import { expect, test } from 'vitest';
import { hasPlaceholder, replacePlaceholders } from './placeholders.ts';

test('placeholders are replaced in the command, its arguments and the values of its environment, wherever they occur', () => {
  const launch = {
    command: '{temp}/bin/app',
    args: ['--listen', 'http://localhost:{port}/{port}', '{Port}', '{other}', '{"port":1}'],
    env: { PORT: '{port}', NOTHING: undefined, '{port}': 'a name' },
    cwd: '{temp}',
  };
  const values = { temp: () => '/tmp/t1', port: () => '4000' };
  expect(replacePlaceholders(launch, values)).toEqual({
    command: '/tmp/t1/bin/app',
    args: ['--listen', 'http://localhost:4000/4000', '{Port}', '{other}', '{"port":1}'],
    env: { PORT: '4000', NOTHING: undefined, '{port}': 'a name' },
    cwd: '{temp}',
  });
});

test('what has no value stays as it is, and is not asked for where it does not occur', () => {
  const launch = { command: 'app', args: ['{port}', '{socket}'] };
  const temp = (): never => {
    throw new Error('asked for');
  };
  expect(replacePlaceholders(launch, { temp })).toEqual(launch);
  expect(hasPlaceholder(launch, 'socket')).toBe(true);
  expect(hasPlaceholder(launch, 'temp')).toBe(false);
});
