// Values of `once` that a process of this machine has left in a file: one of another machine cannot read it, and gets them.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FileOwner } from '../../src/client/file-owner.ts';
import { HostClient } from '../../src/client/client.ts';
import { parseAddress } from '../../src/wire/address.ts';
import { failure } from '../support/failure.ts';
import { listening, serve } from '../support/hubs.ts';
import { closing, place, program } from '../support/pools.ts';

const runner = 'a test';
const never = (): Promise<never> => Promise.reject(new Error('computed again'));

/** What a test file of a process takes. */
async function owner(address: string): Promise<FileOwner> {
  const client = closing(await HostClient.connect({ address, runner }));
  return new FileOwner({ path: ['f'], holder: { file: 'f' }, connect: () => client });
}

test('a value in a file is sent, up to 16 MiB; a larger one fails by name, and is not lost for others', async () => {
  const folder = mkdtempSync(join(place().path, 'values-'));
  const { hub, address } = await serve({}, { folder });
  const [own, remote] = [await owner(address), await owner((await listening(hub)).address)];
  const bytes = randomBytes(1024 * 1024);
  expect(bytes.equals(await own.leases.once({ key: 'large' }, async () => ({ bytes }), {}))).toBe(true);
  const huge = Buffer.alloc(17 * 1024 * 1024);
  await own.leases.once({ key: 'huge' }, async () => ({ bytes: huge }), {});
  expect(readdirSync(folder)).toHaveLength(2);
  expect(bytes.equals(await remote.leases.once({ key: 'large' }, never, {}))).toBe(true);
  const error = await failure(remote.leases.once({ key: 'huge' }, never, {}), 'ONCE_FAILED');
  expect(error.message).toBe(
    'Cannot send a value of `once` to another machine: it has 17825792 bytes, and 16777216 is the limit',
  );
  expect((await own.leases.once({ key: 'huge' }, never, {})).length).toBe(huge.length);
});

test('a value of another machine is one for all', async () => {
  const folder = mkdtempSync(join(place().path, 'values-'));
  const { hub, address } = await serve({}, { folder });
  const [own, remote] = [await owner(address), await owner((await listening(hub)).address)];
  const bytes = randomBytes(1024 * 1024);
  await remote.leases.once({ key: 'large' }, async () => ({ bytes }), {});
  expect(bytes.equals(await own.leases.once({ key: 'large' }, never, {}))).toBe(true);
  expect(readdirSync(folder)).toEqual([]);
});

const six = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1') === true);

test.skipIf(!six)(`by IPv6${six ? '' : ' (skipped: there is none here)'}`, async () => {
  const { hub } = await serve({ echoes: program('echo') });
  const where = { port: 0, project: { root: '/' }, env: {}, cwd: '/' };
  const { address } = await listening(hub, { listening: { host: '::1', ...where } });
  expect(address).toMatch(/^carpool\+tls:\/\/\[::1\]:\d+\/#/);
  const client = closing(await HostClient.connect({ address, runner }));
  const session = await client.register('echoes');
  expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
});

test.each(six ? ['0.0.0.0', '::'] : ['0.0.0.0'])(
  'all addresses of this machine, %s: each that others can use is named',
  async (host) => {
    const { hub } = await serve({ echoes: program('echo') });
    const where = { port: 0, project: { root: '/' }, env: {}, cwd: '/' };
    const listener = await listening(hub, { listening: { host, ...where } });
    const named = listener.invite({ name: 'x' }).addresses.map((address) => parseAddress(address));
    const own = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
    for (const one of named) expect(own).toContain('host' in one ? one.host : '');
    expect(new Set(named.map(({ token }) => token)).size).toBe(1);
    const alias = await listening(hub, { listening: { host, name: 'build.local', ...where } });
    expect(alias.invite({ name: 'x' }).addresses).toEqual([
      expect.stringMatching(/^carpool\+tls:\/\/build\.local:\d+\/#/),
    ]);
  },
);
