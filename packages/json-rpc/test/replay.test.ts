/** A process that refuses, recorded and replayed: the test gets the same error. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { replay } from 'carpool/testing';
import { expect, onTestFinished, test } from 'vitest';
import { jsonRpc, type JsonRpcMessages } from '../src/index.ts';

const ledger = fileURLToPath(new URL('programs/ledger.mjs', import.meta.url));
const options = { command: process.execPath, args: [ledger], session: 'account', close: { method: 'forget' } } as const;
const refused = { method: 'add', params: { amount: 'much' } };

/** A program of a user, which prints the error that it gets. */
const source = `
  import { createPool } from ${JSON.stringify(import.meta.resolve('carpool'))};
  import { jsonRpc } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
  await using pool = createPool({ name: 'ledger', ...jsonRpc(${JSON.stringify(options)}) });
  await using session = await pool.register();
  const { code, message, context } = await session.request(${JSON.stringify(refused)}).catch((error) => error);
  console.log(JSON.stringify({ code, message, childCode: context.childCode }));
`;

test('the error of a request that was refused has its code and its text', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'replayed-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: folder,
    env: { ...process.env, CARPOOL_TRANSCRIPT: 'recorded' },
    encoding: 'utf8',
  });
  const recorded = JSON.parse(printed) as { readonly message: string };
  expect(recorded).toMatchObject({ code: 'SESSION_REFUSED', childCode: '-32602' });
  expect(recorded.message).toContain('(-32602): an amount is a number');

  const [file = ''] = readdirSync(join(folder, 'recorded'));
  await using pool = await replay<JsonRpcMessages>(join(folder, 'recorded', file), jsonRpc(options));
  await using session = await pool.register();
  const error: unknown = await session.request(refused).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'SESSION_REFUSED', context: { childCode: '-32602' } });
  expect((error as Error).message.split('\n', 1)).toEqual(recorded.message.split('\n', 1));
});
