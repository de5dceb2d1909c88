import { describe, expect, test } from 'vitest';
import { runInNewContext } from 'node:vm';
import { errorKinds } from './error-kinds.ts';
import {
  asCarpoolError,
  callSite,
  CarpoolError,
  errorAt,
  fromRecord,
  isCarpoolError,
  toRecord,
  type ErrorRecord,
} from './errors.ts';

const exited = (): CarpoolError =>
  new CarpoolError('CHILD_EXITED', 'The child exited', {
    context: { pool: 'renderer', pid: 7 },
    evidence: { exit: 'exited with code 3', stderr: 'no licence\n', messages: ['→ {type: "query"}'] },
    cause: new Error('EPIPE'),
  });

describe('an error', () => {
  test('takes scope and blame from the table unless it knows better', () => {
    expect(exited()).toMatchObject({ scope: 'child', blame: 'child', name: 'CarpoolError [CHILD_EXITED]' });
    expect(new CarpoolError('FRAME_TOO_LARGE', 'x', { scope: 'call', blame: 'test' })).toMatchObject({ scope: 'call' });
  });

  test('shows its evidence after its sentence', () => {
    expect(exited().message).toBe(
      [
        'The child exited',
        '  the child exited with code 3',
        '--- end of stderr ---',
        'no licence',
        '--- end ---',
        '--- last messages ---',
        '→ {type: "query"}',
        '--- end ---',
      ].join('\n'),
    );
  });

  test('has no evidence to show where there is none', () => {
    expect(new CarpoolError('POOL_FULL', 'full', { evidence: { stderr: '', messages: [] } }).message).toBe('full');
  });

  test('is recognised by its brand, also from another realm or copy', () => {
    expect(isCarpoolError(exited())).toBe(true);
    expect(isCarpoolError(exited(), 'CHILD_EXITED')).toBe(true);
    expect(isCarpoolError(exited(), 'POOL_FULL')).toBe(false);
    const foreign = runInNewContext(
      `Object.assign(new Error('x'), { code: 'POOL_FULL', [Symbol.for('carpool.error')]: true })`,
    ) as unknown;
    expect(isCarpoolError(foreign, 'POOL_FULL')).toBe(true);
    for (const other of [new Error('x'), null, undefined, 'POOL_FULL', { code: 'POOL_FULL' }]) {
      expect(isCarpoolError(other)).toBe(false);
    }
  });
});

describe('a record of an error', () => {
  test('is plain data that becomes the same error again', () => {
    const record = JSON.parse(JSON.stringify(toRecord(exited()))) as ErrorRecord;
    const again = fromRecord(record);
    expect(again.message).toBe(exited().message);
    expect(toRecord(again)).toEqual(toRecord(exited()));
    expect(again.cause).toMatchObject({ message: 'EPIPE' });
  });

  test('keeps causes that are errors of Carpool', () => {
    const error = new CarpoolError('POOL_GAVE_UP', 'gave up', { cause: exited() });
    const again = fromRecord(JSON.parse(JSON.stringify(toRecord(error))) as ErrorRecord);
    expect(isCarpoolError(again.cause, 'CHILD_EXITED')).toBe(true);
  });

  test('of a code that a newer host knows still reaches the user', () => {
    const record = { ...toRecord(exited()), code: 'MOON_PHASE' as never, message: 'The moon is wrong' };
    expect(fromRecord(record)).toMatchObject({ code: 'HUB_LOST' });
    expect(fromRecord(record).message).toContain('The moon is wrong');
    expect(fromRecord({ ...record, code: 'constructor' as never }).code).toBe('HUB_LOST');
  });
});

test('an error can be reported at the line of another call', () => {
  function register(): ReturnType<typeof callSite> {
    return callSite(register);
  }
  const site = register();
  const error = errorAt(exited(), site);
  const [, first = ''] = error.stack?.slice(error.stack.indexOf('\n    at ')).split('\n') ?? [];
  expect(error.stack?.startsWith(`CarpoolError [CHILD_EXITED]: ${exited().message}`)).toBe(true);
  expect(first).toContain('errors.test.ts');
  expect(first).not.toContain('register');
  expect(error.cause).toBeInstanceOf(Error);
});

test.each([
  [new Error('broken'), 'Cannot start: broken'],
  ['broken', 'Cannot start: broken'],
  [undefined, 'Cannot start: a thrown undefined'],
  [null, 'Cannot start: a thrown object'],
  [{ message: 7 }, 'Cannot start: 7'],
])('whatever is thrown becomes an error that keeps it: %o', (thrown, message) => {
  const error = asCarpoolError(thrown, 'CHILD_NOT_STARTED', 'Cannot start');
  expect(error.message).toBe(message);
  expect(error.code).toBe('CHILD_NOT_STARTED');
});

test('what is an error of Carpool already stays what it is', () => {
  const error = exited();
  expect(asCarpoolError(error, 'HUB_LOST', 'Cannot')).toBe(error);
});

test.each(Object.entries(errorKinds))('%s has a meaning and a remedy', (_, { meaning, remedy }) => {
  for (const sentence of [meaning, remedy]) expect(sentence).toMatch(/^[A-Z"`].*[.`?]$/);
});
