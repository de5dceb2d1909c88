import { once } from '../../../src/entry/coordination.ts';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('is logged in', async () => {
  const token = await once('token', () => logIn('alice'));
  expect(token).toContain('alice');
});

test('uses what another run has built', async () => {
  const lockfile = readFileSync('package-lock.json', 'utf8');
  const index = await once('index', buildIndex, { keep: { inputs: [lockfile], maxAge: 24 * 60 * 60 * 1000 } });
  expect(index.size).toBeGreaterThan(0);
});

// Begins when the file is loaded. The test that needs it waits for what is left of it.
const catalogue = once('catalogue', buildIndex);

test('did not wait for one thing after the other', async () => {
  expect((await catalogue).size).toBe(1);
});

async function logIn(user: string): Promise<string> {
  return `token of ${user}`;
}

async function buildIndex(): Promise<Map<string, number>> {
  return new Map([['carpool', 1]]);
}
