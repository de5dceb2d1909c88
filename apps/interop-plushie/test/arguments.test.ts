import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutOf } from '../arguments.ts';

const howTo = 'git clone https://github.com/plushie-ui/plushie-typescript';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'carpool-interop-test-'));
  checkout('good', 'plushie');
  checkout('other', 'left-pad');
  checkout('old', 'plushie', ['src/client/pool.ts']);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function checkout(name: string, packageName: string, files = ['src/client/pool.ts', 'src/client/transport.ts']): void {
  const all = [...files, 'src/testing/index.ts', 'test/setup.ts', 'pnpm-lock.yaml'];
  for (const file of all) {
    mkdirSync(join(folder, name, dirname(file)), { recursive: true });
    writeFileSync(join(folder, name, file), '');
  }
  writeFileSync(join(folder, name, 'package.json'), JSON.stringify({ name: packageName }));
}

test.each([
  ['as it is', ['--checkout', 'good']],
  ['with an equals sign', ['--checkout=good']],
  ['behind the two dashes that pnpm passes on', ['--', '--checkout', 'good']],
])('takes a checkout %s', (_, args) => {
  expect(checkoutOf(args, folder)).toBe(join(folder, 'good'));
});

describe('says how to get a checkout', () => {
  test.each([
    ['--checkout is missing', []],
    ['none is no checkout of plushie-typescript: it has no package.json', ['--checkout', 'none']],
    ['other is no checkout of plushie-typescript: its package.json is that of left-pad', ['--checkout', 'other']],
    ['old is no checkout of plushie-typescript: it has no src/client/transport.ts', ['--checkout', 'old']],
  ])('%s', (message, args) => {
    expect(() => checkoutOf(args, folder)).toThrow(message);
    expect(() => checkoutOf(args, folder)).toThrow(howTo);
  });
});

test('says how it is called to one that calls it otherwise', () => {
  expect(() => checkoutOf(['good'], folder)).toThrow('Usage: pnpm interop:plushie -- --checkout DIR');
  expect(() => checkoutOf(['--chekout', 'good'], folder)).toThrow('Usage: pnpm interop:plushie -- --checkout DIR');
});
