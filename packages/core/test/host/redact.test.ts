// `redact` of a config: what of it reaches the host and the tests, and what is wrong with it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Redaction } from '../../src/base/redact.ts';
import { loadConfig, type LoadedConfig } from '../../src/config/load.ts';
import { failure } from '../support/failure.ts';
import { place } from '../support/pools.ts';

function load(redact: string): Promise<LoadedConfig> {
  const text = `export default { pools: { a: { command: 'x' } }, redact: ${redact} };`;
  writeFileSync(join(place().path, 'carpool.config.mjs'), text);
  return loadConfig({ root: place().path });
}

test('it is plain data, in which patterns match everywhere', async () => {
  const { redact } = await load(`{ keys: ['pin'], patterns: [/cust-\\d+/iy, 'acct-\\\\d+'], shown: ['token'] }`);
  const patterns = [
    { source: 'cust-\\d+', flags: 'ig' },
    { source: 'acct-\\d+', flags: 'g' },
  ];
  expect(JSON.parse(JSON.stringify(redact))).toEqual({ keys: ['pin'], patterns, shown: ['token'] });
  if (redact === undefined || redact === false) throw new Error('there are rules');
  expect(new Redaction(redact).text('a CUST-1 cust-2 acct-3')).toBe('a [redacted] [redacted] [redacted]');
});

test.each([
  ['false', false],
  ['undefined', undefined],
])('%s', async (text, rules) => {
  expect((await load(text)).redact).toBe(rules);
});

test.each([
  ['true', 'redact', 'true; allowed: false, or an object: { keys?, patterns?, shown?, defaults? }'],
  [
    "{ key: ['a'] }",
    'redact.key',
    /^"key", which is no option there; did you mean "keys"\?.* keys, patterns, shown, defaults/,
  ],
  ["{ keys: 'a' }", 'redact.keys', '"a"; allowed: a list of strings'],
  ['{ patterns: [/a/, 7] }', 'redact.patterns.1', '7; allowed: a RegExp, or the source of one'],
  [
    "{ patterns: ['fine', '(open'] }",
    'redact.patterns.1',
    /^"\(open"; allowed: a RegExp, or the source of one \(.*Unterminated group\)/,
  ],
  [
    '{ patterns: [/a*/] }',
    'redact.patterns.0',
    /allowed: a RegExp, or the source of one that does not match the empty text/,
  ],
  ['{ defaults: 1 }', 'redact.defaults', '1; allowed: true or false'],
])('%s is a mistake at %s', async (text, path, says) => {
  const error = await failure(load(text), 'CONFIG_INVALID');
  expect(error.context).toMatchObject({ path });
  expect(error.message.split(': found ')[1]).toMatch(
    typeof says === 'string' ? new RegExp(`^${says.replace(/[{}?()[\].*+]/g, '\\$&')}`) : says,
  );
});
