/** The types of a config reach tests of both kinds: `carpool` has two sets of declarations, for `import` and for `require`. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const home = join(import.meta.dirname, '..');
const tsc = join(home, '../../node_modules/typescript/bin/tsc');

const config = `import { defineConfig, type AnyMessages, type Messages } from 'carpool';
import { sessionField } from 'carpool/protocol';

interface Sheet extends Messages {
  readonly send: { readonly type: 'set' };
  readonly requests: { readonly sum: { readonly request: { readonly type: 'sum' }; readonly reply: { readonly total: number } } };
  readonly interact: AnyMessages['interact'];
  readonly event: never;
}

export default defineConfig({ pools: { sheet: { command: 'sheet', protocol: sessionField<Sheet>() } } });
`;

const body = `const test = withPools<typeof config>();
test('sums', async ({ sheet }) => {
  const { total } = await sheet.request({ type: 'sum' });
  const text: string = total;
  sheet.send({ type: 'nonsense', text });
});
`;

test.each([
  ['CommonJS', 'sheet.test.cts'],
  ['an ES module', 'sheet.test.mts'],
])('in %s', { timeout: 120_000 }, async (_, file) => {
  mkdirSync(join(home, '.tmp'), { recursive: true });
  const folder = mkdtempSync(join(home, '.tmp', 'types-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'carpool.config.mts'), config);
  const how = file.endsWith('.cts') ? " with { 'resolution-mode': 'import' }" : '';
  const imports = `import { withPools } from '@carpool/jest';\nimport type config from './carpool.config.mjs'${how};\n`;
  writeFileSync(join(folder, file), imports + body);
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--target',
    'esnext',
    '--module',
    'nodenext',
  ];
  const said = await new Promise<string>((resolve) => {
    execFile(process.execPath, [tsc, ...options, file], { cwd: folder }, (_error, stdout) => resolve(stdout));
  });
  expect(said).toContain("Type 'number' is not assignable to type 'string'");
  expect(said).toContain('"nonsense"');
  expect(said.match(/error TS/g)).toHaveLength(2);
});
