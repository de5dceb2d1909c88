import { expect, test } from 'vitest';
import type { CallSite } from '../base/errors.ts';
import type { Session } from '../session/types.ts';
import { sessionPools, type RegisterExtraOptions } from './session-pools.ts';

interface Entry {
  register(options?: RegisterExtraOptions): Promise<Session>;
}

function recording(names?: readonly string[]): {
  calls: [string, RegisterExtraOptions & { site: CallSite }][];
  of: Entries;
} {
  const calls: [string, RegisterExtraOptions & { site: CallSite }][] = [];
  const register = (...call: (typeof calls)[number]): Promise<Session> => {
    calls.push(call);
    return new Promise(() => {});
  };
  return { calls, of: sessionPools(register, names) as Entries };
}

type Entries = Readonly<Record<string, Entry>>;

test('a register knows its pool, its options, and the line of its caller', () => {
  const { calls, of } = recording();
  void of['echo']?.register({ wait: false, params: { tenant: 'a' } });
  const [[pool, { site, ...options }] = ['', { site: { stack: '' } }]] = calls;
  expect({ pool, options }).toEqual({ pool: 'echo', options: { wait: false, params: { tenant: 'a' } } });
  expect(site.stack.split('\n')[1]).toContain('session-pools.test.ts');
});

test('known pools can be listed, others asked for all the same, and it may be awaited', async () => {
  const { calls, of } = recording(['echo', 'narrow']);
  expect(Object.keys(of)).toEqual(['echo', 'narrow']);
  void of['ecko']?.register();
  expect(calls.map(([pool]) => pool)).toEqual(['ecko']);
  expect(await Promise.resolve(of)).toBe(of);
});
