import { mkdirSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { toRecord } from '../../src/base/errors.ts';
import { HostClient } from '../../src/client/client.ts';
import * as dialling from '../../src/client/dial.ts';
import { endedOnPurpose } from '../../src/hosts/ended-on-purpose.ts';
import { formatAddress } from '../../src/wire/address.ts';
import { failure } from '../support/failure.ts';
import { place } from '../support/pools.ts';

vi.mock(import('../../src/client/dial.ts'), { spy: true });

test('a host that ends in the moment of a connection, which the system resets, is told of with why it has ended', async () => {
  const folder = join(place().path, 'host');
  mkdirSync(folder);
  writeFileSync(`${folder}.ended`, JSON.stringify(toRecord(endedOnPurpose('host', 'here', 'SIGTERM'))));
  const reset = Object.assign(new Error('connect ECONNRESET'), { code: 'ECONNRESET' });
  vi.mocked(dialling.dial).mockReturnValue({ socket: new Socket(), connected: Promise.reject(reset) });
  const address = formatAddress({ path: join(folder, 'hub'), token: 'a'.repeat(64) });
  const error = await failure(HostClient.connect({ address, runner: 'a test', known: true }), 'HUB_LOST');
  expect(error.message).toMatch(/^The host of this run was ended, by `SIGTERM`: /);
});
