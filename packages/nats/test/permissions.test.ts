/** What a user of NATS must be permitted: the list of the documentation, which is read here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { failure, TestHost } from './support/hosts.ts';
import { binary, jetStreamAnd, oneServer, reason } from './support/servers.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/reach.md'), 'utf8');
const [, sentence = ''] = /^A user of NATS needs JetStream, and may publish and subscribe ([^]*?)\. /m.exec(page) ?? [];
const documented = [...sentence.matchAll(/`([^`]+)`/g)].map(([, subject = '']) => subject);

function configOf(subjects: readonly string[]): string {
  const list = JSON.stringify(subjects);
  const permissions = `{ publish: ${list}, subscribe: ${list} }`;
  return jetStreamAnd(`authorization { users: [ { user: ci, password: p, permissions: ${permissions} } ] }`);
}

const user = { user: 'ci', password: 'p' };

describe.skipIf(binary === undefined)(`permissions${reason}`, () => {
  test('those of the documentation are enough for leases and values of every size, up to the end of the run', async () => {
    expect(documented).not.toEqual([]);
    const server = await oneServer(configOf(documented));
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((text) => void lines.push(String(text)));
    onTestFinished(() => void vi.restoreAllMocks());
    const [a, b] = [new TestHost(server.url, user), new TestHost(server.url, user)];
    const held = await a.take('db');
    const waiting = b.ask({ name: 'db' });
    await expect.poll(() => waiting.lease.describe()).toContain('it is held by');
    held.lease.release();
    expect((await waiting.granted).fence.revision).toBeGreaterThan(held.fence.revision);
    // In the bucket, beside it, and with so many parts that the server asks whether they have come.
    for (const bytes of [1_000, 600_000, 12_000_000]) {
      const value = Buffer.alloc(bytes, 'Carpool');
      await a.connection.store(`of ${bytes}`, value);
      const loaded = await b.connection.load(`of ${bytes}`);
      expect(loaded !== undefined && value.equals(loaded)).toBe(true);
    }
    await a.connection.close();
    await b.connection.close();
    expect([server.violations(), lines]).toEqual([[], []]);
  });

  test('what the server refuses is seen here', async () => {
    const server = await oneServer(configOf(documented.filter((subject) => subject !== '$JS.API.>')));
    await failure(new TestHost(server.url, user).take('db'));
    expect(server.violations()).not.toEqual([]);
  });
});
