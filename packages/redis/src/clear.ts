/** Removes the keys of a session, and confirms that there are none. */
import type { Admin } from './admin.ts';

/** Keys that one SCAN looks at. */
const batch = '1000';
/** Rounds after which keys that come back are an error: something still writes them. */
const mostRounds = 3;
/** Looks at the memory after which the next session may begin anyway. Each is an exchange with the server. */
const mostLooks = 10_000;

/**
 * One script, because a FLUSHDB that is a command of its own would meet another database where the SELECT before it
 * failed. SELECT in a script ends with the script. Database 0 has keys where a client has connected without a number.
 */
const clearScript = `
redis.call('SELECT', ARGV[1])
redis.call('FLUSHDB', 'ASYNC')
local left = redis.call('DBSIZE')
redis.call('SELECT', 0)
local stray = redis.call('DBSIZE')
local name = false
if stray > 0 then
  name = redis.call('RANDOMKEY')
  redis.call('FLUSHDB', 'ASYNC')
end
return { left, stray, name }
`;

/**
 * One step of SCAN. A script, because names of keys are bytes, and need not be text: they do not leave the server. Counted is
 * what was found, not what was removed: a key that stays is found again.
 */
const unlinkScript = `
local page = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3])
for _, key in ipairs(page[2]) do
  redis.call('UNLINK', key)
end
return { page[1], #page[2] }
`;

/** @returns what is wrong, where there were keys in the database that belongs to no session */
export async function clearDatabase(admin: Admin, db: number): Promise<string | undefined> {
  const [left, stray, name] = (await admin.run('EVAL', clearScript, '0', String(db))) as [
    number,
    number,
    string | null,
  ];
  if (left !== 0) throw new Error(`database ${db} has ${left} keys after FLUSHDB`);
  if (stray === 0) return undefined;
  const keys = stray === 1 ? '1 key' : `${stray} keys`;
  return (
    `${keys} in database 0, such as "${name}": a client of this test, or of one beside it, has connected ` +
    `without the number of its database, which \`url\` has, and \`db\``
  );
}

/** The prefix has no character that a pattern gives a meaning. */
export async function clearPrefix(admin: Admin, prefix: string): Promise<void> {
  for (let round = 1; ; round++) {
    const found = await unlinkAll(admin, prefix);
    if (found === 0) return;
    if (round === mostRounds) throw new Error(`keys that begin with "${prefix}" come back: there were ${found} again`);
  }
}

/** @returns the keys that were there */
async function unlinkAll(admin: Admin, prefix: string): Promise<number> {
  let found = 0;
  let cursor = '0';
  do {
    const page = await admin.run('EVAL', unlinkScript, '0', cursor, `${prefix}*`, batch);
    const [next, keys] = page as [string, number];
    found += keys;
    cursor = next;
  } while (cursor !== '0');
  return found;
}

/** Removes all that a server has: keys, functions, scripts. */
export async function clearServer(admin: Admin): Promise<void> {
  await admin.run('FUNCTION', 'FLUSH');
  await admin.run('SCRIPT', 'FLUSH');
  await admin.run('FLUSHALL', 'ASYNC');
  const info = String(await admin.run('INFO', 'keyspace'));
  const left = /^db\d+:keys=.*$/m.exec(info);
  if (left !== null) throw new Error(`the server has keys after FLUSHALL: ${left[0]}`);
}

/**
 * FLUSHDB and UNLINK leave the memory to a thread of the server. Where it has a limit, writes of the next test would be refused
 * because of what this one had.
 */
export async function untilFreed(admin: Admin): Promise<void> {
  for (let look = 0; look < mostLooks; look++) {
    const info = String(await admin.run('INFO', 'memory'));
    if (/^maxmemory:0\s*$/m.test(info) || !/^lazyfree_pending_objects:[1-9]/m.test(info)) return;
  }
}
