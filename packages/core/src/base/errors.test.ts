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
  withoutOwnFrames,
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
        '  │ no licence',
        '--- last messages ---',
        '  │ → {type: "query"}',
      ].join('\n'),
    );
  });

  test('says once how the child ended, also when it has crossed to another process', () => {
    const exit = 'was killed by SIGKILL (out of memory?)';
    const evidence = { exit, stderr: 'low memory' };
    const error = new CarpoolError('CHILD_EXITED', `The child ${exit}, 5 ms after its start`, { evidence });
    expect(error.message).toBe(`The child ${exit}, 5 ms after its start\n--- end of stderr ---\n  │ low memory`);
    expect(toRecord(error).message).toBe(`The child ${exit}, 5 ms after its start`);
    expect(fromRecord(toRecord(fromRecord(toRecord(error)))).message).toBe(error.message);
    // Another child, whose code begins with the same digit.
    const other = new CarpoolError('CHILD_EXITED', 'It exited with code 12', {
      evidence: { exit: 'exited with code 1' },
    });
    expect(other.message).toBe('It exited with code 12\n  the child exited with code 1');
    expect(toRecord(other).message).toBe('It exited with code 12');
  });

  test('shows no line of its evidence as a frame of its own stack', () => {
    const stderr = 'Error: oh no\n    at odd (/child.mjs:1:2)';
    const { stack = '' } = new CarpoolError('CHILD_EXITED', 'The child exited', { evidence: { stderr } });
    expect(stack).toContain('  │     at odd (/child.mjs:1:2) \n');
    expect(stack.split('\n').filter((line) => /^\s+at\s/.test(line))[0]).toContain('errors.test.ts');
  });

  test('has a stack of the user alone, unless the mistake is of Carpool', () => {
    const own = '    at register (file:///home/node_modules/.pnpm/carpool@1/node_modules/carpool/dist/base-X.js:1:2)';
    const adapter = String.raw`    at withPools (C:\home\node_modules\@carpool\vitest\dist\index.js:1:2)`;
    const test = '    at /home/a.test.ts:3:4';
    const node = '    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)';
    const stackOf = (frames: readonly string[], blame?: 'carpool'): string[] => {
      const site = { stack: ['Error', ...frames].join('\n') };
      return new CarpoolError('POOL_FULL', 'full', { site, blame }).stack?.split('\n').slice(1) ?? [];
    };
    expect(stackOf([own, adapter, test, node])).toEqual([test, node]);
    // Nothing of the user's is there.
    expect(stackOf([own, node])).toEqual([]);
    expect(stackOf([own, test], 'carpool')).toEqual([own, test]);
    // An error of the user's, whose message may quote a stack.
    const message = `odd\n${own}`;
    const head = `Error: ${message}`;
    expect(withoutOwnFrames([head, test, own, adapter, node].join('\n'), message)).toBe([head, test, node].join('\n'));
  });

  test('shows each part of its evidence once, though its cause has it too', () => {
    const cause = new CarpoolError('CHILD_EXITED', 'It exited', { evidence: { stderr: 'oh no', messages: ['{}'] } });
    const error = new CarpoolError('CHILD_EXITED', 'Closed', { evidence: { stderr: 'oh no', messages: [] }, cause });
    expect(error.cause).toMatchObject({ evidence: { messages: ['{}'] } });
    expect((error.cause as Error).message).toBe('It exited\n--- last messages ---\n  │ {}');
    expect((error.cause as Error).stack).toMatch(/^CarpoolError \[CHILD_EXITED\]: It exited\n[^]*errors\.test\.ts/);
    // Where the error shows none, its cause does.
    expect(new CarpoolError('POOL_GAVE_UP', 'gave up', { cause }).cause).toBe(cause);
  });

  test('gives a reporter what it has to show, and no more', () => {
    const cause = new Error('EPIPE');
    const error = new CarpoolError('CHILD_EXITED', 'exited', { evidence: { stderr: 'oh no' }, cause });
    const { name, message, stack } = error;
    expect(error.toJSON()).toEqual({ name, message, stack, cause });
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
