/** On the host of a machine: which work trees share a server. */
import { join } from 'node:path';
import { connectClient } from 'carpool/adapter/test-process';
import { RunHost } from 'carpool/adapter/main-process';
import { MachineOfTest } from '@carpool/test-harness/machine';
import { describe, expect, test } from 'vitest';
import type { RedisKeyspace } from '../src/index.ts';
import { binary, reason } from './support/servers.ts';

const folder = join(import.meta.dirname, '..');

describe.skipIf(binary === undefined)(`the server of two work trees${reason}`, () => {
  test('is one where the options and the program are the same', async () => {
    const machine = new MachineOfTest({ RunHost, connectClient, folder });
    const portOf = async (name: string, options: string): Promise<number> => {
      const config = `import { redis } from ${JSON.stringify(join(folder, 'dist/index.js'))};
      const own = ${options};
      export default { pools: { cache: redis(own) } };`;
      const root = machine.workTree(name, { 'carpool.config.mjs': config });
      return ((await machine.session(root, 'cache')).opened as RedisKeyspace).port;
    };
    const port = await portOf('a', '{}');
    expect(await portOf('b', '{}')).toBe(port);
    expect(await portOf('other', "{ config: { maxmemory: '64mb' } }")).not.toBe(port);
  });

  test('is another one where only what the config computes differs', async () => {
    const machine = new MachineOfTest({ RunHost, connectClient, folder });
    const config = `import { redis } from ${JSON.stringify(join(folder, 'dist/index.js'))};
    import { basename } from 'node:path';
    export default { pools: { cache: redis({ config: { maxmemory: basename(import.meta.dirname) }, inheritEnv: [] }) } };`;
    const portOf = async (name: string): Promise<number> => {
      const root = machine.workTree(name, { 'carpool.config.mjs': config });
      return ((await machine.session(root, 'cache')).opened as RedisKeyspace).port;
    };
    expect(await portOf('64mb')).not.toBe(await portOf('128mb'));
  });
});
