import { afterEach, describe, expect, test, vi } from 'vitest';
import { plushie, type PlushieOptions } from './plushie.ts';
import { checkDisplay } from './windowed.ts';

afterEach(() => void vi.unstubAllEnvs());

describe('room for sessions', () => {
  test.each<[PlushieOptions, string]>([
    [{}, '8'],
    [{ maxSessions: 3 }, '3'],
    [{ maxSessions: 1 }, '2'],
    [{ children: 2, maxSessions: 8 }, '4'],
    [{ children: 2, sessionsPerChild: 5 }, '5'],
    [{ children: 2 }, '8'],
  ])('%j: each renderer is started for %s', (options, limit) => {
    expect(plushie(options).args).toEqual(['--mock', '--msgpack', '--max-sessions', limit]);
  });

  test.each<[PlushieOptions, number]>([
    [{}, 8],
    [{ maxSessions: 3 }, 3],
    [{ children: 2 }, 16],
    [{ children: 2, sessionsPerChild: 3, recycleAfter: 50 }, 6],
  ])('%j: as many windows, one a renderer', (options, windows) => {
    const { args, ...pool } = plushie({ ...options, mode: 'windowed', format: 'json' });
    expect(args).toEqual(['--json']);
    expect(pool).toMatchObject({ children: windows, sessionsPerChild: 1, maxSessions: windows, recycleAfter: 1 });
  });
});

test('a window needs a display, on Linux alone', () => {
  const refused = expect.objectContaining({ code: 'CHILD_NOT_STARTED', blame: 'setup' });
  expect(() => checkDisplay({}, 'linux')).toThrow(refused);
  expect(() => checkDisplay({ DISPLAY: '' }, 'linux')).toThrow(refused);
  for (const name of ['DISPLAY', 'WAYLAND_DISPLAY', 'WAYLAND_SOCKET']) checkDisplay({ [name]: '1' }, 'linux');
  for (const platform of ['darwin', 'win32']) checkDisplay({}, platform);
});

test('an option that there is not is refused by name', () => {
  expect(() => plushie({ rendererPth: 'r' } as never)).toThrow(
    'Cannot call `plushie`: it has no option "rendererPth"; did you mean "rendererPath"? it takes mode, format, rendererPath',
  );
});
