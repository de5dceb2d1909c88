/** On the host of a machine: which work trees share a renderer. */
import { join } from 'node:path';
import { MachineOfTest } from '@carpool/test-harness/machine';
import { connectClient } from 'carpool/adapter/test-process';
import { RunHost } from 'carpool/adapter/main-process';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..');

test('two work trees share a renderer where it and its settings are the same', async () => {
  const machine = new MachineOfTest({ RunHost, connectClient, folder });
  // What a config computes is not in its text.
  const config = `import { plushie } from ${JSON.stringify(join(folder, 'dist/index.js'))};
  import { standIn } from ${JSON.stringify(join(folder, 'dist/stand-in.js'))};
  const settings = { theme: import.meta.dirname.endsWith('light') ? 'light' : 'dark' };
  export default { pools: { renderer: plushie({ ...standIn, settings }) } };`;
  const pidOf = async (name: string): Promise<unknown> => {
    const root = machine.workTree(name, { 'carpool.config.mjs': config });
    return (await machine.session(root, 'renderer')).pids.at(-1);
  };
  const pid = await pidOf('a');
  expect(pid).toBeDefined();
  expect(await pidOf('b')).toBe(pid);
  expect(await pidOf('light')).not.toBe(pid);
});
