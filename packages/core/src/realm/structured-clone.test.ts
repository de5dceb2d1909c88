import fc from 'fast-check';
import { deserialize, serialize } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { clone, revive } from './structured-clone.ts';
import { isJsonSafe } from './json-safe.ts';

const round = (value: unknown): unknown => revive(clone(value, 'Cannot send'));

describe('a clone', () => {
  test('is what structured clone makes, whatever the value', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        expect(round(value)).toStrictEqual(structuredClone(value));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['plain', { type: 'lock', id: 'a', weight: 2, tags: ['x', null, true] }, true],
    ['text', 'é\u{1f600}\ud800', true],
    ['a hole', Object.assign([1], { 2: 3 }), false],
    ['undefined', { a: undefined }, false],
    ['minus zero', [-0], false],
    ['an own __proto__', JSON.parse('{"__proto__":{"a":1}}'), false],
    ['an array with a name', Object.assign([1], { name: 'x' }), false],
    ['many', Array.from({ length: 1000 }, (_, n) => n), false],
    ['an instance', new (class Point { x = 1; })(), false], // prettier-ignore
    ['a boxed string', Object('boxed'), false],
  ])('of %s is right, and JSON only where that says it all', (_, value, plain) => {
    expect(isJsonSafe(value)).toBe(plain);
    expect(round(value)).toStrictEqual(structuredClone(value));
  });

  test('keeps shared references and cycles', () => {
    const twice = { n: 1 };
    const [a, b] = round([twice, twice]) as [object, object];
    expect(a).toBe(b);
    const cyclic: { self?: object } = {};
    cyclic.self = cyclic;
    const back = round(cyclic) as { self?: object };
    expect(back.self).toBe(back);
  });

  test('sends only the bytes of a view, and gives it its own memory', () => {
    const pool = new Uint8Array(64 * 1024);
    const view = new Uint8Array(pool.buffer, 1000, 5).fill(9);
    const bytes = clone(view, 'Cannot send');
    expect(bytes.length).toBeLessThan(32);
    const back = revive(bytes) as Uint8Array;
    expect(back).toStrictEqual(new Uint8Array(5).fill(9));
    expect([back.byteOffset, back.buffer.byteLength]).toEqual([0, 5]);
    back[0] = 1;
    expect((revive(bytes) as Uint8Array)[0]).toBe(9);
  });

  test('of a getter that throws says what it threw', () => {
    const sly = {
      get now(): never {
        throw new Error('not now');
      },
    };
    expect(() => clone(sly, 'Cannot send')).toThrow('Cannot send: not now');
  });

  test('keeps a DOMException, wherever it stands, as AVA does', () => {
    const gone = new DOMException('dom', 'AbortError');
    const holder = {
      gone,
      list: Object.assign([1], { 2: gone }),
      map: new Map([[gone, new Set([gone])]]),
      error: new Error('e', { cause: gone }),
    };
    const back = round(holder) as typeof holder;
    expect(back.gone).toBeInstanceOf(DOMException);
    expect([back.gone.message, back.gone.name, back.gone.stack]).toEqual(['dom', 'AbortError', gone.stack]);
    expect(1 in back.list).toBe(false);
    expect([back.list[2], [...back.map.keys()][0], back.error.cause]).toEqual([back.gone, back.gone, back.gone]);
    expect(back.map.get(back.gone)?.has(back.gone)).toBe(true);
    expect(back.error).toBeInstanceOf(Error);
    expect([back.error.message, back.error.stack]).toEqual(['e', holder.error.stack]);
    expect((round(gone) as DOMException).message).toBe('dom');
    const loop: { gone: DOMException; loop?: object } = { gone };
    loop.loop = loop;
    const turned = round(loop) as typeof loop;
    expect(turned.loop).toBe(turned);
  });

  test.each([
    ['a URL', new URL('http://x/'), 'a URL cannot be cloned; send its `href`'],
    ['headers', [{ deep: new Headers({ a: 'b' }) }], 'a Headers cannot be cloned; send `Object.fromEntries(headers)`'],
    ['a Blob', new Map([['b', new Blob(['x'])]]), 'a Blob cannot be cloned'],
    ['a signal', new Error('x', { cause: new AbortController().signal }), 'an AbortSignal cannot be cloned'],
    ['shared memory', new SharedArrayBuffer(8), 'a SharedArrayBuffer cannot be shared across processes'],
    ['a view of it', { view: new Uint8Array(new SharedArrayBuffer(8)) }, 'a SharedArrayBuffer cannot be shared'],
    ['a port', new MessageChannel().port1, 'a MessagePort cannot be cloned'],
  ])('of %s is refused by name, where V8 alone would write an empty object', (_, value, message) => {
    expect(() => clone(value, 'Cannot send')).toThrow(`Cannot send: ${message}`);
  });

  test('turns a Buffer into a Uint8Array, unless it should stay a Buffer', () => {
    const value = { key: Buffer.from('secret') };
    expect(round(value)).toStrictEqual({ key: new Uint8Array(value.key) });
    expect(revive(clone(value, 'Cannot send', { keepBuffers: true }))).toStrictEqual(value);
  });

  test('of something else is refused, with its cause', () => {
    expect(() => clone({ run: () => {} }, 'Cannot send')).toThrow('Cannot send: () => {} could not be cloned.');
    expect(() => clone(new WeakSet(), 'Cannot send')).toThrow('could not be cloned');
  });

  test('that cannot be read is refused', () => {
    for (const bytes of [Uint8Array.of(0xff, 0x0f, 0x7f), Uint8Array.of(1, 2)]) {
      expect(() => revive(bytes)).toThrow('Cannot read a cloned value');
    }
    expect(deserialize(serialize(1))).toBe(1);
  });
});
