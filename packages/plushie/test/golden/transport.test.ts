/** A runtime speaks for itself on a session, and its tests compare that session with golden files. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { pooledTransport } from '../../src/backend.ts';
import { assertTreeHash } from '../../src/golden.ts';
import { hashOf, pool, standIn, tree } from '../conformance/subject.ts';

test('golden files of a session on which a runtime speaks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cp-golden-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  vi.stubEnv('PLUSHIE_UPDATE_SNAPSHOTS', '1');
  onTestFinished(() => void vi.unstubAllEnvs());
  const session = await pool(standIn('msgpack')).register();
  const transport = pooledTransport(session);
  transport.onMessage(() => {});
  transport.send({ type: 'settings', session: '', settings: {} });
  transport.send({ type: 'snapshot', session: '', tree: tree(3) });
  await assertTreeHash(session, 'three', { folder });
  expect(readFileSync(join(folder, 'three.mock.sha256'), 'utf8')).toBe(`${await hashOf(session)}\n`);
  expect(JSON.parse(readFileSync(join(folder, 'three.mock.tree.json'), 'utf8'))).toEqual(tree(3));
  expect(existsSync(join(folder, 'failed'))).toBe(false);
});
