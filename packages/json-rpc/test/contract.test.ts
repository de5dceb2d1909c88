/** The contract, on pools in this process. */
import { join } from 'node:path';
import { createPool, type Pool, type Session } from 'carpool';
import { afterAll, afterEach, expect, test } from 'vitest';
import { lsp, rpc } from '../src/client.ts';
import { jsonRpc, languageServer, type JsonRpcMessages } from '../src/index.ts';
import { jsonRpcContract } from './contract/lines/contract.ts';
import type { Where } from './contract/lines/line.ts';
import { poolsOf } from './contract/pools.ts';

const root = join(import.meta.dirname, 'contract/with-root/root');
const programs = join(import.meta.dirname, 'programs');
const options = poolsOf({ jsonRpc, languageServer }, { programs, root, files: ['here'] });
const pools = new Map<string, Pool<JsonRpcMessages>>();
afterAll(async () => {
  await Promise.all([...pools.values()].map((pool) => pool.close()));
});

function poolOf(name: string): Pool<JsonRpcMessages> {
  const there = pools.get(name);
  if (there !== undefined) return there;
  const pool = createPool({ name, ...options[name]! });
  pools.set(name, pool);
  return pool;
}

const sessions: Session<JsonRpcMessages>[] = [];
// No runner ends the sessions of a test here.
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session[Symbol.asyncDispose]()));
});

const where: Where = {
  file: 'here',
  expect,
  lsp,
  rpc,
  async register(name, given) {
    const session = await poolOf(name).register(given);
    sessions.push(session);
    return session;
  },
};
jsonRpcContract(where, test);
