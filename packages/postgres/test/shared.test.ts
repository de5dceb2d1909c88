/** On the host of a machine: which work trees share a server. */
import { join } from 'node:path';
import { connectClient } from 'carpool/adapter/test-process';
import { RunHost } from 'carpool/adapter/main-process';
import { MachineOfTest } from '@carpool/test-harness/machine';
import { describe, expect, test } from 'vitest';
import type { PostgresDatabase } from '../src/index.ts';
import { cache } from './support/pools.ts';
import { reason, server } from './support/servers.ts';

const folder = join(import.meta.dirname, '..');

function config(options: string): string {
  return `import { postgres } from ${JSON.stringify(join(folder, 'dist/index.js'))};
  export default { pools: { db: postgres({ cache: ${JSON.stringify(cache)}, warm: 0, ${options} }) } };`;
}

describe.skipIf(server === undefined)(`the server of two work trees${reason}`, () => {
  test('is one where schema, options and program are the same, also where the schema is above the config', async () => {
    const machine = new MachineOfTest({ RunHost, connectClient, folder });
    const hostOf = async (name: string, sql: string, options = ''): Promise<string> => {
      const files = {
        'db/[id].sql': sql,
        'apps/web/carpool.config.mjs': config(`schema: ['../../db/[id].sql', { sql: 'SELECT 1' }], ${options}`),
      };
      const root = join(machine.workTree(name, files), 'apps/web');
      return ((await machine.session(root, 'db')).opened as PostgresDatabase).host;
    };
    const host = await hostOf('a', 'CREATE TABLE note (text text)');
    expect(await hostOf('b', 'CREATE TABLE note (text text)')).toBe(host);
    const others = await Promise.all([
      hostOf('edited', 'CREATE TABLE note (text text, at date)'),
      hostOf('set', 'CREATE TABLE note (text text)', "settings: { timezone: 'UTC' }"),
    ]);
    expect(new Set([host, ...others]).size).toBe(3);
  });

  test('is one for each folder where a function makes the schema, unless `identity` says what that depends on', async () => {
    const machine = new MachineOfTest({ RunHost, connectClient, folder });
    const migrate = 'schema: async () => {}';
    const hostOf = async (name: string, options: string, model = ''): Promise<string> => {
      const root = machine.workTree(name, { 'model.txt': model, 'carpool.config.mjs': config(options) });
      return ((await machine.session(root, 'db')).opened as PostgresDatabase).host;
    };
    expect(await hostOf('a', migrate)).not.toBe(await hostOf('b', migrate));
    const told = `${migrate}, identity: { files: ['model.txt'] }`;
    const host = await hostOf('c', told);
    expect(await hostOf('d', told)).toBe(host);
    expect(await hostOf('edited', told, 'edited')).not.toBe(host);
  });
});
