import { MessageChannel } from 'node:worker_threads';
import { registerSharedWorker } from 'ava/plugin';
import { note, worker } from './note.js';
import test from './test.js';

const shared = registerSharedWorker(worker('describes.js'));
const memory = new SharedArrayBuffer(8);
const { port1, port2 } = new MessageChannel();
port1.unref();
port2.unref();
const loop = { name: 'loop' };
loop.self = loop;
class Point {
  x = 3;
}
const values = {
  map: new Map([[{ a: 1 }, new Set([1n])]]),
  date: new Date(5),
  'no date': new Date(Number.NaN),
  bigint: 10n ** 30n,
  'minus zero': -0,
  nothing: undefined,
  text: 'é\u{1f600}\ud800',
  pattern: /a+/gi,
  boxed: Object('s'),
  bytes: new Uint8Array([1, 2]),
  halves: new Float16Array([1.5]),
  view: new DataView(new ArrayBuffer(3), 1),
  resizable: new ArrayBuffer(4, { maxByteLength: 8 }),
  buffer: Buffer.from('hi'),
  error: Object.assign(new RangeError('outer', { cause: new TypeError('inner') }), { code: 'E_X' }),
  'all errors': new AggregateError([new TypeError('a')], 'all'),
  'dom exception': new DOMException('dom', 'AbortError'),
  loop,
  point: new Point(),
  'null prototype': Object.assign(Object.create(null), { a: 1 }),
  hole: Object.assign([1], { 2: 3 }),
  prototype: JSON.parse('{"__proto__":{"a":1}}'),
  'symbol key': { [Symbol('s')]: 1, a: 2 },
  port: port1,
  function: () => {},
  symbol: Symbol('x'),
  'weak map': new WeakMap(),
  promise: Promise.resolve(1),
  url: new URL('http://x/'),
  headers: new Headers({ a: 'b' }),
  'inside others': { deep: [new Map([[1, new URL('http://x/')]])] },
  blob: new Blob(['x']),
  memory,
  'view of memory': new Uint8Array(memory),
  signal: new AbortController().signal,
  proxy: new Proxy({ a: 1 }, {}),
};

/** What can be seen of a value; the place of a view in its memory is not meant. */
function shown(value) {
  if (typeof value !== 'object' || value === null)
    return `${typeof value} ${Object.is(value, -0) ? '-0' : String(value)}`;
  const { constructor, name, message, cause, byteLength, maxByteLength, size, length, self } = value;
  const own = [Object.keys(value).filter((key) => key !== 'self'), Object.hasOwn(value, '__proto__')];
  const text = /Date|RegExp|String/.test(Object.prototype.toString.call(value)) ? String(value) : undefined;
  const more = {
    name,
    message,
    cause: cause?.message,
    byteLength,
    maxByteLength,
    size,
    length,
    text,
    loop: self === value,
  };
  return JSON.stringify([Object.prototype.toString.call(value), constructor?.name, own, more]);
}

test('sends values of every kind', async (t) => {
  for (const [kind, value] of Object.entries(values)) {
    let published;
    try {
      published = shared.publish(value);
    } catch {
      note({ event: 'value', kind, is: 'refused' });
      continue;
    }
    const { value: answer } = await published.replies().next();
    const { tag, name, data } = answer.data;
    note({ event: 'value', kind, is: `${tag} ${name}, back ${shown(data)}` });
  }
  t.is(1, 1);
});
