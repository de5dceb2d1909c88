/** The chain and the dev server of docs/servers.md, on anvil and Vite. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createPool } from 'carpool';
import { expect, onTestFinished, test } from 'vitest';
import { chain, rpc } from './more-servers/chain.ts';
import { tested } from './tested.ts';

const { resolve } = createRequire(import.meta.url);

/** It has packages for some platforms. */
function anvilIsInstalled(): boolean {
  const { resolve: fromAnvil } = createRequire(resolve('@foundry-rs/anvil/package.json'));
  try {
    fromAnvil(`@foundry-rs/anvil-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}/package.json`);
    return true;
  } catch {
    return false;
  }
}

const reason = anvilIsInstalled() ? '' : ' (skipped: there is no anvil for this platform)';

test('the dev server runs', { timeout: 120_000 }, async () => {
  const stdout = await tested('more-servers', 'plugin');
  expect(stdout).toMatch(/Tests +2 passed \(2\)/);
  expect(stdout).toContain('carpool: vite: 1 child, 3 sessions');
});

test.skipIf(reason !== '')(`the chain runs${reason}`, { timeout: 120_000 }, async () => {
  expect(await tested('more-servers', 'transfer')).toMatch(/Tests +2 passed \(2\)/);
});

test.skipIf(reason !== '')(`a chain is reset for the next session${reason}`, { timeout: 60_000 }, async () => {
  const bin = join(resolve('@foundry-rs/anvil/package.json'), '../bin.mjs');
  const pool = createPool({ ...chain, children: 1, command: process.execPath, args: [bin, ...(chain.args ?? [])] });
  onTestFinished(() => pool.close());
  for (const _ of ['first', 'second', 'third']) {
    const session = await pool.register();
    const { url } = session.opened;
    expect(await rpc(url, 'eth_blockNumber')).toBe('0x5');
    await rpc(url, 'anvil_mine', '0x2');
    expect(await rpc(url, 'eth_blockNumber')).toBe('0x7');
    await session.unregister();
  }
  expect(pool.stats()).toMatchObject({ children: 1, sessions: 3, quarantined: 0 });
  // A chain that has lost its snapshot is not used again.
  const session = await pool.register();
  const { url, snapshot } = session.opened;
  await rpc(url, 'evm_revert', snapshot);
  await expect(session.unregister()).rejects.toThrow('the chain has lost its snapshot');
  const next = await pool.register();
  expect(next.opened.url).not.toBe(url);
  expect(await rpc(next.opened.url, 'eth_blockNumber')).toBe('0x5');
});
