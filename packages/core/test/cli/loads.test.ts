/** What each subcommand loads: those that only ask a host are to be there at once. */
import { expect, test } from 'vitest';
import { loadedBy } from './loaded.ts';

test.for([['stop'], ['ps'], ['report'], ['address', '--for', 'x'], ['complete', '--', ''], ['--version']])(
  '%j loads nothing that starts a process or checks a config',
  async (words) => {
    const loaded = await loadedBy(...words);
    expect(loaded).toContain('commander');
    for (const name of ['execa', 'valibot', 'jiti']) expect(loaded).not.toContain(name);
    expect(loaded).not.toContainEqual(expect.stringMatching(/^cli-(?:pool|start-child)-/));
  },
);

test('`measure` does', async () => {
  expect(await loadedBy('measure', '--runs', '1', '--', 'true')).toContain('execa');
});
