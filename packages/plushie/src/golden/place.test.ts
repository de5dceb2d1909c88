import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { GoldenSession } from './options.ts';
import { placeOf, type Place } from './place.ts';

const file = resolve('/app/test/counter.test.ts');
const session = { hello: { mode: 'headless' } } as GoldenSession;
const site = { stack: '' };

function place(
  options: Parameters<typeof placeOf>[0]['options'],
  name = 'empty',
  current: string | undefined = file,
): Place {
  const found = placeOf({ session, name, options, site }, { file: current });
  if (typeof found === 'string') throw new Error(found);
  return found;
}

const golden = (...args: Parameters<typeof place>): string => place(...args).golden('png');

test('golden files are beside the test, in a folder of their test file', () => {
  expect(golden({})).toBe(resolve('/app/test/__goldens__/counter.test.ts/empty.headless.png'));
  expect(golden({}, 'form/empty')).toBe(resolve('/app/test/__goldens__/counter.test.ts/form/empty.headless.png'));
});

test('the name has the mode and the platform, as the options say', () => {
  expect(golden({ platform: true })).toMatch(new RegExp(`empty\\.headless\\.${process.platform}\\.png$`));
  expect(golden({ mode: false })).toMatch(/[\\/]empty\.png$/);
  const silent = placeOf(
    { session: { ...session, hello: undefined }, name: 'a', options: {}, site },
    { file },
  ) as Place;
  expect(silent.golden('png')).toMatch(/[\\/]a\.png$/);
});

test('a folder is that of the test file, an absolute one itself; both may be URLs', () => {
  expect(golden({ folder: '../golden' })).toBe(resolve('/app/golden/empty.headless.png'));
  const whole = resolve('/elsewhere');
  for (const folder of [whole, pathToFileURL(whole), pathToFileURL(whole).href]) {
    expect(golden({ folder })).toBe(resolve('/elsewhere/empty.headless.png'));
    expect(golden({ folder }, 'empty', undefined)).toBe(resolve('/elsewhere/empty.headless.png'));
  }
});

test('without an adapter the options say which file it is', () => {
  const unknown = placeOf({ session, name: 'a', options: {}, site }, { file: undefined });
  expect(unknown).toContain('pass it, `file: import.meta.url`');
  for (const own of [file, pathToFileURL(file), pathToFileURL(file).href]) {
    const found = placeOf({ session, name: 'a', options: { file: own }, site }, { file: undefined }) as Place;
    expect(found.golden('png')).toBe(resolve('/app/test/__goldens__/counter.test.ts/a.headless.png'));
  }
});

test('a name that cannot be used says why', () => {
  expect(placeOf({ session, name: '../a', options: {}, site }, { file })).toContain('leads out');
});

test('the files of a failure are beside the golden files, or where the runner wants them', () => {
  const beside = place({}, 'form/empty');
  expect(beside.failure('diff', 'png')).toBe(
    resolve('/app/test/__goldens__/counter.test.ts/failed/form/empty.headless-diff.png'),
  );
  const outputPath = (name: string): string => `/output/${name}`;
  const output = placeOf({ session, name: 'form/empty', options: {}, site }, { file, outputPath }) as Place;
  expect(output.failure('diff', 'png')).toBe('/output/form/empty.headless-diff.png');
  expect(output.failures).toBeUndefined();
});
