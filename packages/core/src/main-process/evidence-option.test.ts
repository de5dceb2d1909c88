import { afterEach, expect, test, vi } from 'vitest';
import { evidenceOption } from './evidence-option.ts';

afterEach(() => vi.unstubAllEnvs());

test.each([
  [undefined, undefined, undefined],
  [false, '', false],
  ['whole', undefined, 'whole'],
  // One run of a project that has none otherwise.
  [false, 'whole', 'whole'],
] as const)('%s of the config, and %j of the environment', (option, variable, wanted) => {
  vi.stubEnv('CARPOOL_EVIDENCE', variable);
  expect(evidenceOption(option)).toBe(wanted);
});

test('another word in the environment is an error', () => {
  vi.stubEnv('CARPOOL_EVIDENCE', 'all');
  expect(() => evidenceOption(true)).toThrow('Cannot use CARPOOL_EVIDENCE=all of the environment; allowed: whole');
});
