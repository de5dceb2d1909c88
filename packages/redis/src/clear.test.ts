import { expect, test } from 'vitest';
import type { Admin } from './admin.ts';
import { clearPrefix, untilFreed } from './clear.ts';

/** A server that has so many objects left to free, one fewer at each look. */
function freeing(pending: number, maxmemory: number) {
  const asked: string[] = [];
  const run = async (...command: readonly string[]): Promise<string> => {
    asked.push(command.join(' '));
    return `# Memory\r\nmaxmemory:${maxmemory}\r\nlazyfree_pending_objects:${pending--}\r\nlazyfreed_objects:9\r\n`;
  };
  return { admin: { run } as unknown as Admin, asked };
}

test('with a limit of memory the end of a session waits until its keys are freed, without one it does not', async () => {
  const limited = freeing(3, 3_145_728);
  await untilFreed(limited.admin);
  expect(limited.asked).toEqual(Array.from({ length: 4 }, () => 'INFO memory'));
  const unlimited = freeing(3, 0);
  await untilFreed(unlimited.admin);
  expect(unlimited.asked).toHaveLength(1);
});

test('memory that is never freed costs no test more than so many looks', async () => {
  const stuck = freeing(1e9, 3_145_728);
  await untilFreed(stuck.admin);
  expect(stuck.asked).toHaveLength(10_000);
});

/** A server that finds so many keys in each round, in one step. */
function finding(...counts: number[]): Admin {
  const run = async (): Promise<unknown> => ['0', counts.shift()];
  return { run } as unknown as Admin;
}

test('keys are gone when a round finds none; where something still writes them, that is said', async () => {
  await clearPrefix(finding(2, 1, 0), 's1:');
  await expect(clearPrefix(finding(2, 1, 3), 's1:')).rejects.toThrow(
    'keys that begin with "s1:" come back: there were 3',
  );
});
