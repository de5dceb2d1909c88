import { afterEach, describe, expect, test, vi } from 'vitest';
import { plushie } from './plushie.ts';
import { modeIn, scaled, timeoutFactor } from './test-variables.ts';

describe('PLUSHIE_TEST_BACKEND', () => {
  test('switches the mode of a whole run', () => {
    expect(modeIn({}, 'mock')).toBe('mock');
    expect(modeIn({ PLUSHIE_TEST_BACKEND: '' }, 'headless')).toBe('headless');
    expect(modeIn({ PLUSHIE_TEST_BACKEND: 'headless' }, 'mock')).toBe('headless');
  });

  test('another value is refused with those that there are', () => {
    expect(() => modeIn({ PLUSHIE_TEST_BACKEND: 'gpu' }, 'mock')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(
          'PLUSHIE_TEST_BACKEND is "gpu", and there are mock, headless, windowed',
        ) as string,
      }),
    );
  });
});

describe('PLUSHIE_TEST_TIMEOUT', () => {
  test.each([
    ['3', 3],
    [undefined, 1],
    ['', 1],
    ['0', 1],
    ['-2', 1],
    ['slow', 1],
    ['1.5', 1],
  ])('%j: %d times as long', (text, factor) => {
    expect(timeoutFactor({ PLUSHIE_TEST_TIMEOUT: text })).toBe(factor);
  });

  test('lengthens what tests wait for, given or not', () => {
    const options = { requestTimeout: 100, idleTimeout: 7 };
    expect(scaled(options, 1)).toBe(options);
    expect(scaled(options, 3)).toEqual({
      idleTimeout: 7,
      registerTimeout: 180_000,
      helloTimeout: 90_000,
      openTimeout: 30_000,
      closeTimeout: 15_000,
      requestTimeout: 300,
      stopTimeout: 6_000,
    });
  });
});

describe('the options of a pool', () => {
  afterEach(() => void vi.unstubAllEnvs());

  test('follow both variables, whatever the config says', () => {
    vi.stubEnv('PLUSHIE_TEST_BACKEND', 'headless');
    vi.stubEnv('PLUSHIE_TEST_TIMEOUT', '2');
    const { args, requestTimeout, closeTimeout } = plushie({ mode: 'mock', requestTimeout: 100 });
    expect({ mode: args?.[0], requestTimeout, closeTimeout }).toEqual({
      mode: '--headless',
      requestTimeout: 200,
      closeTimeout: 10_000,
    });
  });

  test('are refused with another backend', () => {
    vi.stubEnv('PLUSHIE_TEST_BACKEND', 'gpu');
    expect(() => plushie()).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
