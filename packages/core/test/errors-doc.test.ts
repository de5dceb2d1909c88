import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { errorKinds } from '../src/base/error-kinds.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(`${root}docs/errors.md`, 'utf8');

test.each(Object.entries(errorKinds))('docs/errors.md says what %s means and what to do', (code, kind) => {
  const [, section = ''] = page.split(`\n## ${code}\n`);
  const [text = ''] = section.split('\n## ');
  expect(text).toContain(kind.meaning);
  expect(text).toContain(`- **What to do:** ${kind.remedy}`);
  expect(text).toContain('- **Unusable now:** ');
});

test('docs/errors.md is what scripts/errors-doc.mjs writes', () => {
  const written = execFileSync(process.execPath, [`${root}scripts/errors-doc.mjs`, '--print'], { encoding: 'utf8' });
  expect(page).toBe(written); // else run `node scripts/errors-doc.mjs`
});
