/** The three adapters have one surface: the same file compiles against each of them. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const home = join(import.meta.dirname, '..');
const checker = join(home, '../../node_modules/.bin/tsc');
const source = readFileSync(join(home, 'types/surface.ts'), 'utf8');

/** The errors of the type checker. */
function check(folder: string): Promise<string> {
  return new Promise((resolve) => execFile(checker, ['-p', folder], (_error, stdout) => resolve(stdout)));
}

test.for(['@carpool/vitest', '@carpool/jest', '@carpool/playwright'])(
  'what users write compiles with %s',
  async (name) => {
    const folder = join(home, '.tmp', `surface-${name.replaceAll(/\W/g, '-')}`);
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'surface.ts'),
      source.replaceAll(/'adapter(\/\w+)?'/g, (_, entry = '') => `'${name}${entry}'`),
    );
    const options = { extends: '../../../../tsconfig.base.json', compilerOptions: { isolatedDeclarations: false } };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...options, include: ['*.ts'] }));
    expect(await check(folder)).toBe('');
  },
);

test('the table of docs/runners.md names entries that exist', () => {
  const page = readFileSync(join(home, '../../docs/runners.md'), 'utf8');
  const table = page.slice(page.indexOf('## Side by side')).split('\n## ', 2)[0] ?? '';
  const named = new Set(table.match(/@carpool\/[\w/-]+/g));
  expect(named.size).toBeGreaterThan(4);
  for (const entry of named) {
    const [scope = '', name = '', ...path] = entry.split('/');
    const manifest = readFileSync(join(home, 'node_modules', scope, name, 'package.json'), 'utf8');
    const { exports } = JSON.parse(manifest) as { readonly exports: object };
    expect(Object.keys(exports)).toContain(['.', ...path].join('/'));
  }
});
