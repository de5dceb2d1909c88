import { createContext, runInContext } from 'node:vm';
import { expect, test } from 'vitest';
import { CarpoolError } from '../base/errors.ts';
import { copyToRealm, copyErrorToRealm } from './realm-copy.ts';

const elsewhere = createContext();
const foreign = (source: string): unknown => runInContext(`(${source})`, elsewhere);
const prototypeOf = (value: unknown): unknown => Object.getPrototypeOf(value);

test.for([
  ['{}', Object.prototype],
  ['[]', Array.prototype],
  ['new Map()', Map.prototype],
  ['new Set()', Set.prototype],
  ['new Date(7)', Date.prototype],
  ['/a/g', RegExp.prototype],
  ['new ArrayBuffer(8)', ArrayBuffer.prototype],
  ['new Uint8Array(8)', Uint8Array.prototype],
  ['new BigInt64Array(2)', BigInt64Array.prototype],
  ['Object(7n)', BigInt.prototype],
  ['Object("seven")', String.prototype],
  ['new RangeError("no")', RangeError.prototype],
  ['new AggregateError([])', AggregateError.prototype],
] as const)('%s is one of this realm afterwards', ([source, prototype]) => {
  const old = foreign(source);
  expect(prototypeOf(old)).not.toBe(prototype);
  expect(prototypeOf(copyToRealm(old))).toBe(prototype);
});

test('the contents of a value are the same as before', () => {
  const value = foreign(`{
    list: [1, 2n, , 'three', null, undefined, NaN, -0],
    map: new Map([[{ key: 1 }, new Set(['a', new Date(7)])]]),
    bytes: new Uint8Array([0, 1, 2, 3]).subarray(1, 3),
    buffer: new Uint8Array([4, 5]).buffer,
    pattern: /a+/gi,
    boxed: [Object(1), Object('x'), Object(true)],
    nothing: Object.create(null),
    ['__proto__']: { polluted: true },
  }`);
  const born = copyToRealm(value) as Record<string, unknown>;
  expect(born).toStrictEqual({
    // oxlint-disable-next-line no-sparse-arrays
    list: [1, 2n, , 'three', null, undefined, Number.NaN, -0],
    map: new Map([[{ key: 1 }, new Set<unknown>(['a', new Date(7)])]]),
    bytes: new Uint8Array([1, 2]),
    buffer: new Uint8Array([4, 5]).buffer,
    pattern: /a+/gi,
    boxed: [Object(1), Object('x'), Object(true)],
    nothing: {},
    ['__proto__']: { polluted: true },
  });
  expect(Object.hasOwn(born, '__proto__')).toBe(true);
  expect('polluted' in {}).toBe(false);
});

test('primitives, functions, instances of classes and impostors are passed on as they are', () => {
  const foreigners = ['7', '"x"', 'undefined', 'null', '() => 1', 'Symbol.iterator', 'new (class Point {})()'];
  for (const value of [...foreigners, '{ [Symbol.toStringTag]: "Map" }'].map(foreign))
    expect(copyToRealm(value)).toBe(value);
});

test('an object that occurs twice stays one object, and may contain itself', () => {
  const value = foreign(`(() => {
    const shared = { n: 1 };
    const loop = { shared, again: shared, map: new Map(), set: new Set(), list: [] };
    loop.self = loop;
    loop.map.set(loop, loop);
    loop.set.add(loop);
    loop.list.push(loop, shared);
    loop.error = Object.assign(new Error('round'), { loop });
    loop.error.cause = loop.error;
    return loop;
  })()`);
  const born = copyToRealm(value) as Record<string, unknown> & { map: Map<unknown, unknown>; set: Set<unknown> };
  expect(born['again']).toBe(born['shared']);
  expect(born['list']).toEqual([born, born['shared']]);
  expect([born['self'], born.map.get(born), [...born.set][0]]).toEqual([born, born, born]);
  const error = born['error'] as Error & { loop: unknown };
  expect([error.cause, error.loop]).toEqual([error, born]);
  expect(error).toBeInstanceOf(Error);
});

test('maps and sets keep their order', () => {
  const born = copyToRealm(foreign('[new Map([[2, {}], [1, {}]]), new Set([{ a: 1 }, 3, { b: 2 }])]'));
  const [map, set] = born as [Map<unknown, unknown>, Set<unknown>];
  expect([[...map.keys()], [...set]]).toEqual([
    [2, 1],
    [{ a: 1 }, 3, { b: 2 }],
  ]);
});

test('depth does not use the call stack', () => {
  let born = copyToRealm(foreign('(() => { let v = {}; for (let n = 0; n < 100_000; n += 1) v = [v]; return v; })()'));
  let depth = 0;
  for (; Array.isArray(born); born = born[0]) depth += 1;
  expect(depth).toBe(100_000);
});

test('errors keep their message, their stack, their causes and their own properties', () => {
  const old = foreign(`Object.assign(
    new AggregateError([new SyntaxError('one'), 'two'], 'both', { cause: new TypeError('because') }),
    { code: 'E_BOTH', details: { file: 'a' } },
  )`) as AggregateError & { readonly code: string };
  const born = copyErrorToRealm(old) as typeof old;
  expect(born).toBeInstanceOf(AggregateError);
  expect(born.errors[0]).toBeInstanceOf(SyntaxError);
  expect(born.errors[1]).toBe('two');
  expect(born.cause).toBeInstanceOf(TypeError);
  expect(born).toMatchObject({ message: 'both', name: 'AggregateError', code: 'E_BOTH', details: { file: 'a' } });
  expect(born.stack).toBe(old.stack);
  expect(Object.keys(born)).toEqual(['code', 'details']);
});

test('an error of an unknown class keeps its name', () => {
  const own = foreign(`new (class OddError extends TypeError { name = 'OddError' })('odd')`);
  const inherited = foreign(`(() => {
    class QuietError extends Error {}
    QuietError.prototype.name = 'QuietError';
    return new QuietError('quiet');
  })()`);
  expect([copyErrorToRealm(own), copyErrorToRealm(inherited)].map(String)).toEqual([
    'OddError: odd',
    'QuietError: quiet',
  ]);
  expect(copyErrorToRealm(own)).toBeInstanceOf(Error);
});

test('an error of Carpool stays one, with all its fields, at another line if one is given', () => {
  const evidence = { stderr: 'oh no', exit: 'exited with code 3' };
  const old = new CarpoolError('CHILD_EXITED', 'The child went.', { evidence, context: { pool: 'echo' } });
  // As another realm sees it.
  Object.setPrototypeOf(old, foreign('Error.prototype') as object);
  const born = copyErrorToRealm(old, { stack: 'Error\n    at my own line (a.test.js:1:2)' });
  expect(born).toBeInstanceOf(CarpoolError);
  expect(born).toMatchObject({ code: 'CHILD_EXITED', message: old.message, evidence, context: { pool: 'echo' } });
  expect((born as Error).stack).toMatch(/oh no[^]*\n {4}at my own line \(a\.test\.js:1:2\)$/);
  expect(old.message.match(/oh no/g)).toHaveLength(1);
});

test('an error of this realm is left as it is', () => {
  const own = new RangeError('mine');
  expect([copyErrorToRealm(own), copyErrorToRealm('a string'), copyErrorToRealm(undefined)]).toEqual([
    own,
    'a string',
    undefined,
  ]);
  expect(copyErrorToRealm(own)).toBe(own);
});
