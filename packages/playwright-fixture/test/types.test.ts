/** Types are checked with the config they come from. */
import { expect, test } from 'vitest';
import { Project } from './harness.ts';

test('names, messages, options and matchers are typed by the config', async () => {
  using project = new Project('types');
  expect(await project.check()).toBe('');
});
