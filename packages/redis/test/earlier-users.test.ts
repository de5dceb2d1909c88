/** What becomes of users that cannot be made, or removed. */
import { afterEach, beforeEach, expect, test, vi, type Mock } from 'vitest';
import type { Admin } from '../src/admin.ts';
import { ConnectionEnded } from '../src/connection.ts';
import { Keyspaces, type Ending } from '../src/keyspaces.ts';
import { mostLeft } from '../src/left-open.ts';

/** A server that has these clients, and makes and removes no user for which there is an error. */
class Server {
  readonly connected = new Set<string>();
  readonly refused = new Map<string, Error>();
  readonly removed: string[] = [];
  /** Keys in database 0, at each time that a database is cleared. */
  strays: number[] = [];

  run = async (...command: readonly string[]): Promise<unknown> => {
    const [name, what, user = ''] = command;
    if (name === 'CLIENT') return [...this.connected].map((it) => `id=1 user=${it} cmd=get\n`).join('');
    if (name === 'EVAL') return [0, this.strays.shift() ?? 0, 'cart'];
    if (name === 'INFO') return 'maxmemory:0\r\n';
    const error = this.refused.get(user);
    if (error !== undefined) throw error;
    if (what === 'DELUSER') this.removed.push(user);
    return 'OK';
  };
}

const options = { port: 1, isolation: 'database', databases: 64, alone: false, acl: [] } as const;
let server: Server;
let keyspaces: Keyspaces;
let warn: Mock<typeof console.warn>;

beforeEach(() => {
  server = new Server();
  keyspaces = new Keyspaces(server as unknown as Admin, options);
  warn = vi.spyOn(console, 'warn').mockReturnValue();
});

afterEach(() => vi.restoreAllMocks());

const ending = (id: string, isAwaited = false): Ending => ({
  holder: `test "${id}"`,
  isAwaited,
  signal: new AbortController().signal,
});

async function drop(id: string, { leaves = false, isAwaited = false } = {}): Promise<readonly unknown[]> {
  const keyspace = await keyspaces.create(id, ending(id).signal);
  if (leaves) server.connected.add(keyspace.username);
  return await keyspaces.drop(keyspace, ending(id, isAwaited));
}

test('one that cannot be removed is told once, with its test, is tried again, and costs no other', async () => {
  await Promise.all([drop('s1', { leaves: true }), drop('s2', { leaves: true })]);
  server.connected.clear();
  server.refused.set('test-s1', new Error('ERR not now'));
  expect(await drop('s3')).toEqual([]);
  expect(await drop('s4')).toEqual([]);
  expect(server.removed).toEqual(['test-s3', 'test-s2', 'test-s4']);
  expect(warn.mock.calls).toEqual([
    ['@carpool/redis: test "s1" left its user test-s1, which cannot be removed: ERR not now'],
  ]);
  server.refused.clear();
  expect(await drop('s5')).toEqual([]);
  expect(server.removed.slice(3)).toEqual(['test-s5', 'test-s1']);
});

test('one that may do nothing any more, likewise', async () => {
  await Promise.all(Array.from({ length: mostLeft }, (_, number) => drop(`s${number}`, { leaves: true })));
  expect(await drop('s8', { leaves: true, isAwaited: true })).toHaveLength(2);
  server.connected.delete('test-s8');
  server.refused.set('test-s8', new Error('ERR not now'));
  for (const id of ['s9', 's10']) expect(await drop(id)).toEqual([]);
  expect(warn.mock.calls).toEqual([
    ['@carpool/redis: test "s8" left its user test-s8, which cannot be removed: ERR not now'],
  ]);
  server.refused.clear();
  for (const id of ['s11', 's12']) expect(await drop(id)).toEqual([]);
  expect(server.removed).toEqual(['test-s9', 'test-s10', 'test-s11', 'test-s8', 'test-s12']);
});

test('one that goes makes room for the next, and keys of no session that are found then are told', async () => {
  await Promise.all(Array.from({ length: mostLeft }, (_, number) => drop(`s${number}`, { leaves: true })));
  server.connected.delete('test-s0');
  server.strays = [1];
  expect(await drop('s8', { leaves: true, isAwaited: true })).toEqual([
    { message: expect.stringContaining('left 1 connection open'), fails: false },
    { message: expect.stringContaining('1 key in database 0, such as "cart"'), fails: false },
  ]);
  expect(server.removed).toEqual(['test-s0']);
  server.connected.delete('test-s1');
  server.strays = [0, 2];
  expect(await drop('s9')).toEqual([{ message: expect.stringContaining('2 keys in database 0'), fails: false }]);
});

test('where the server has ended meanwhile, its pool says so, and nothing else', async () => {
  await drop('s1', { leaves: true });
  server.connected.clear();
  server.refused.set('test-s1', new ConnectionEnded('connect ECONNREFUSED'));
  expect(await drop('s2')).toEqual([]);
  expect(warn).not.toHaveBeenCalled();
});

test('the number of a user that cannot be made is that of the next one', async () => {
  const { signal } = ending('s1');
  const first = Array.from({ length: options.databases - 2 }, (_, number) =>
    keyspaces.create(`s${number + 2}`, signal),
  );
  await Promise.all(first);
  server.refused.set('test-s1', new Error('ERR no such rule'));
  await expect(keyspaces.create('s1', signal)).rejects.toThrow('ERR no such rule');
  server.refused.clear();
  expect(await keyspaces.create('s1', signal)).toMatchObject({ db: options.databases - 1 });
});

test('the own user that cannot be removed is a failure of its own end', async () => {
  server.refused.set('test-s1', new Error('ERR not now'));
  await expect(drop('s1')).rejects.toThrow('ERR not now');
});
