import { expect, test } from 'vitest';
import type { CarpoolError } from '../base/errors.ts';
import type { UserSession } from '../session/session.ts';
import { OwnerLeaks } from './owner-leaks.ts';

const site = { stack: 'Error\n    at body (/code/a.test.ts:7:3)' };

class World {
  readonly told: (readonly string[])[] = [];
  readonly failed: CarpoolError[] = [];
  readonly file = this.#leaksOf({ file: 'a.test.ts' }, undefined);

  owner(test: string): OwnerLeaks {
    return this.#leaksOf({ test, file: 'a.test.ts' }, this.file);
  }

  #leaksOf(holder: { readonly test?: string; readonly file: string }, outer: OwnerLeaks | undefined): OwnerLeaks {
    const fail = (error: CarpoolError): void => void this.failed.push(error);
    return new OwnerLeaks({ holder, outer, fail, warn: (lines) => void this.told.push(lines) });
  }
}

const session = (leaks: 'warn' | 'fail' | false, id = 's1'): UserSession =>
  ({ leaks, id, pool: 'echo' }) as unknown as UserSession;

const late = (name: string, id: string, called: string): string =>
  `test "${name}" (/code/a.test.ts:7:3): called "${called}" in session ${id} of pool "echo" after its end`;

test('equal calls are told once, with their number', () => {
  const { file, told, failed, ...world } = withOwners('one');
  for (let call = 0; call < 3; call++) world.one.late(session('warn'), '"get"', site);
  world.one.late(session('warn'), '"set"', site);
  file.end([]);
  expect(told).toEqual([[`${late('one', 's1', 'get')}, 3 times`, late('one', 's1', 'set')]]);
  expect(failed).toEqual([]);
});

test('a noisy one that is a warning hides none that fails the file, and what has no room is counted', () => {
  const { file, told, failed, ...world } = withOwners('one');
  for (let call = 0; call < 25; call++) world.one.late(session('warn', `s${call}`), '"get"', site);
  for (let call = 0; call < 12; call++) world.one.late(session('fail', `f${call}`), '"set"', site);
  file.end([]);
  expect(failed.map(({ message }) => message)).toEqual([
    `A test of this file went on after its end: ${late('one', 'f0', 'set')} (and 11 more); await what it begins`,
  ]);
  expect(told).toHaveLength(1);
  expect(told[0]).toHaveLength(11);
  expect(told[0]?.at(-1)).toBe('tests of a.test.ts: 15 more such calls');
});

test('after the end of the file each is told at once, once, and no more than ten', () => {
  const { file, told, ...world } = withOwners('one');
  file.end([]);
  for (let call = 0; call < 30; call++) world.one.late(session('fail'), '"get"', site);
  expect(told).toEqual([[late('one', 's1', 'get')]]);
  for (let call = 0; call < 30; call++) world.one.late(session('fail', `s${call}`), '"get"', site);
  expect(told).toHaveLength(10);
});

test('a session of one test that another one uses is a warning, at the one that has used it', () => {
  const { file, told, failed, ...world } = withOwners('keeps it', 'uses it');
  file.caller = () => world['uses it'];
  world['keeps it'].late(session('fail'), '"get"', site);
  world['keeps it'].late(session(false), '"get"', site);
  file.end([]);
  expect(failed).toEqual([]);
  expect(told).toEqual([
    [
      'test "uses it" (/code/a.test.ts:7:3): used a session of test "keeps it": called "get" in session s1 of pool "echo" after its end',
    ],
  ]);
});

test('its own late calls fail its file, also where the test that calls is known', () => {
  const { file, told, failed, ...world } = withOwners('goes on');
  file.caller = () => world['goes on'];
  world['goes on'].late(session('fail'), '"get"', site);
  file.end([]);
  expect(failed.map(({ code }) => code)).toEqual(['SESSION_LEAKED']);
  expect(told).toEqual([]);
});

type Made<Name extends string> = Pick<World, 'file' | 'told' | 'failed'> & Readonly<Record<Name, OwnerLeaks>>;

function withOwners<const Name extends string>(...names: readonly Name[]): Made<Name> {
  const world = new World();
  const owners = Object.fromEntries(names.map((name) => [name, world.owner(name)])) as Record<Name, OwnerLeaks>;
  const { file, told, failed } = world;
  return { ...owners, file, told, failed };
}
