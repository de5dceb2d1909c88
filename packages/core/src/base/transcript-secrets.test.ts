// Secrets that are no values of a secret name: in names of fields, in keys of maps, and numbers that a pattern matches.
import { afterEach, expect, test } from 'vitest';
import { describeMessage } from '../codec/describe.ts';
import { forgetRedaction, redactFor } from './redact.ts';
import { recordedValue, recordValue } from './transcript-value.ts';

const config = {};
afterEach(() => forgetRedaction(config));

const one = `ghp_${'a'.repeat(36)}`;
const two = `ghp_${'b'.repeat(36)}`;

const record = (value: unknown): unknown => recordValue(value, { redact: true });

test('names of fields are without secrets, and those that become equal keep their values', () => {
  const sessions = { [one]: { user: 'ann' }, '[redacted] 2': 'its own', [two]: { user: 'bob' }, [`of ${one}`]: 3 };
  expect(record({ sessions })).toEqual({
    sessions: {
      '[redacted]': { user: 'ann' },
      '[redacted] 2': 'its own',
      '[redacted] 3': { user: 'bob' },
      'of [redacted]': 3,
    },
  });
  expect(recordValue({ sessions })).toEqual({ sessions });
  expect(describeMessage(sessions)).not.toContain('ghp_');
});

test('so are the keys of a map', () => {
  const map = new Map<unknown, unknown>([
    [one, 1],
    [two, 2],
    [3, 'three'],
  ]);
  expect(recordedValue(recordValue(map, { redact: true }))).toEqual(
    new Map<unknown, unknown>([
      ['[redacted]', 1],
      ['[redacted] 2', 2],
      [3, 'three'],
    ]),
  );
  // Under the name of a secret, all texts are secrets.
  expect(record({ passwords: new Map([['hunter2', 'letmein']]) })).toEqual({
    passwords: { $map: [['[redacted]', '[redacted]']] },
  });
});

test('what decides whether a value is a secret is the name as it was', () => {
  redactFor(config, { keys: ['cust pin'], patterns: [{ source: 'cust', flags: '' }] });
  expect(record({ 'cust pin': 'a', 'cust name': 'b' })).toEqual({
    '[redacted] pin': '[redacted]',
    '[redacted] name': 'b',
  });
});

test('a name that begins with $ is no value of another kind afterwards', () => {
  const value = { [`$${one}`]: 1 };
  expect(recordedValue(recordValue(value, { redact: true }))).toEqual({ '$[redacted]': 1 });
});

test('numbers that a pattern of the config matches are secrets, with any flags, each time', () => {
  for (const flags of ['', 'g', 'y']) {
    redactFor(config, { patterns: [{ source: '^4\\d{15}$', flags }] });
    const card = 4_111_111_111_111_111;
    for (let times = 0; times < 3; times++) {
      expect(record([card, 411, BigInt(card), -0, Number.NaN])).toEqual([
        '[redacted]',
        411,
        '[redacted]',
        { $number: '-0' },
        { $number: 'NaN' },
      ]);
      expect(describeMessage([card, BigInt(card), 5n])).toBe('[[redacted], [redacted], 5n]');
    }
    expect(recordValue(card)).toBe(card);
  }
});
