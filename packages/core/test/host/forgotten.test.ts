// An idle connection or child keeps no process running: a script that does not close ends by itself, and leaves nothing.
import { expect, test } from 'vitest';
import { programPath } from '../support/pools.ts';
import { script } from '../support/scripts.ts';

test.each([
  ['pool', ['reply']],
  ['host', [expect.stringMatching(/^carpool:/)]],
  ['client', ['reply', expect.stringMatching(/^carpool:/)]],
])('a %s that is forgotten ends with its process', async (what, says) => {
  const { exited, lines } = script('forgets', [what, programPath('echo')]);
  expect(await exited).toBe(0);
  expect(lines).toEqual(says);
});

test('a child that ignores the end of its input ends with the process that forgot it', async () => {
  const { exited, lines } = script('forgets', ['pool', programPath('ignores-everything')]);
  expect(await exited).toBe(0);
  expect(lines).toEqual(['reply']);
});
