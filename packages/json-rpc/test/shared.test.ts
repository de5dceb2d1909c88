/** On the host of a machine: which runs share a language server. */
import { join } from 'node:path';
import { connectClient } from 'carpool/adapter/test-process';
import { RunHost } from 'carpool/adapter/main-process';
import { MachineOfTest } from '@carpool/test-harness/machine';
import { expect, test } from 'vitest';
import { projectOf, typescript } from './support/servers.ts';

const folder = join(import.meta.dirname, '..');
const tsconfig = JSON.stringify({ compilerOptions: { strict: true, module: 'nodenext', noEmit: true, types: [] } });

test('a language server is shared by runs that have its root, and by no other', async () => {
  const machine = new MachineOfTest({ RunHost, connectClient, folder });
  const tree = (name: string, root: string): string =>
    machine.workTree(name, {
      'tsconfig.json': tsconfig,
      'carpool.config.mjs': `import { languageServer } from ${JSON.stringify(join(folder, 'dist/index.js'))};
      const options = ${JSON.stringify({ ...typescript, root })};
      export default { pools: { typescript: languageServer(options) } };`,
    });
  const pidOf = async (root: string): Promise<unknown> => (await machine.session(root, 'typescript')).pids.at(-1);
  const [a, b] = [tree('a', '.'), tree('b', '.')];
  const pid = await pidOf(a);
  expect(pid).toBeDefined();
  expect(await pidOf(a)).toBe(pid);
  expect(await pidOf(b)).not.toBe(pid);
  const root = projectOf({ 'tsconfig.json': tsconfig });
  expect(await pidOf(tree('c', root))).toBe(await pidOf(tree('d', root)));
});
