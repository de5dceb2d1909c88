import { expect, test } from 'vitest';
import { differenceOf, type DefinitionParts } from './pool-difference.ts';

const parts: DefinitionParts = {
  values: { name: 'search', 'its options': '{}' },
  environment: { PATH: '/bin', TOKEN: 'a secret' },
  files: { 'carpool.config.ts': '1', 'engine.mjs': '2' },
};

test('what differs is named, and no value of the environment is shown', () => {
  expect(differenceOf(parts, structuredClone(parts))).toBe('');
  const other = {
    values: { ...parts.values, 'its options': '{maxSessions: 2}' },
    environment: { PATH: '/bin', MODE: 'test', TOKEN: 'another secret' },
    files: { 'carpool.config.ts': '1', 'engine.mjs': '3' },
  };
  expect(differenceOf(parts, other)).toBe('its options; MODE, TOKEN of the environment; engine.mjs');
});

test('of many files four are named', () => {
  const files = Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`${at}.sql`, 'text']));
  expect(differenceOf({ ...parts, files: {} }, { ...parts, files })).toBe('0.sql, 1.sql, 2.sql, 3.sql and 2 more');
});
