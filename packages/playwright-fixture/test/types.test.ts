/** Types are checked with the config they come from. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Project } from './harness/project.ts';

const tsc = join(import.meta.dirname, '../../../node_modules/.bin/tsc');

test('names, messages, options and matchers are typed by the config', async () => {
  using project = new Project('types');
  const output = await new Promise<string>((resolve) =>
    execFile(tsc, ['-p', project.folder], (_error, stdout) => resolve(stdout)),
  );
  expect(output).toBe('');
});
