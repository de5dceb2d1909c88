// Values of a format of the user's own: they are the same in process and through a hub, or are refused by name.
import { inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { expect, test } from 'vitest';
import type { Codec } from '../../src/codec/codec.ts';
import { contentLength } from '../../src/codec/content-length.ts';
import type { PoolOptions } from '../../src/pool/options.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { pool, program } from '../support/pools.ts';

class Money {
  amount = 3;
}

/** V8's format, with a value that becomes an object of a class. */
const codec: Codec = {
  name: 'v8',
  framing: contentLength,
  format: {
    name: 'v8',
    encode: (message) => serialize(message),
    decode(bytes) {
      const message = deserialize(bytes) as { value?: unknown };
      if (message.value === 'money') message.value = { list: [new Money()] };
      return message;
    },
  },
};

const values: Readonly<Record<string, unknown>> = {
  large: 2n ** 70n,
  small: 5n,
  date: new Date(0),
  map: new Map([['a', new Set([1])]]),
  undefined,
  nan: Number.NaN,
  minusZero: -0,
  bytes: new Uint8Array([1, 2]),
  buffer: Buffer.from('ab'),
  floats: new Float32Array([1.5]),
  expression: /x/g,
  error: new TypeError('t'),
  // oxlint-disable-next-line no-sparse-arrays
  hole: [1, , 3],
  memory: new ArrayBuffer(2),
  surrogate: '\ud800',
  proto: JSON.parse('{"__proto__": 1}'),
  deep: JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`),
};

const options = (): PoolOptions => program('gives-values', { codec, protocol: { close: { send: { type: 'reset' } } } });

test('every value of a custom format arrives whole, both ways, in process and through a hub', async () => {
  const served = await serve({ echoes: options() });
  const sessions = [
    await pool('gives-values', options()).register(),
    await (await served.connect()).register('echoes'),
  ];
  expect(sessions.map(({ format }) => format)).toEqual(['v8', 'structured-clone']);
  for (const session of sessions) {
    for (const [name, value] of Object.entries(values)) {
      const reply = await session.request({ type: 'echo', value });
      const shown = inspect(value);
      expect({ name, seen: reply['seen'], got: inspect(reply['value']) }).toEqual({ name, seen: shown, got: shown });
    }
  }
});

test('what cannot be carried through a hub is refused by name, and costs its own request alone', async () => {
  const served = await serve({ echoes: options() });
  const session = await (await served.connect()).register('echoes');
  const sent = await failure(session.request({ type: 'echo', value: new URL('file:///a') }), 'FRAME_MALFORMED');
  expect(sent.message).toContain('`message.value` is an object of the class URL');
  expect(sent.stack).toContain('values.test.ts');
  const received = await failure(session.request({ type: 'echo', value: 'money' }), 'FRAME_MALFORMED');
  expect(received.message).toContain('`message.value.list[0]` is an object of the class Money');
  expect(await session.request({ type: 'echo', value: 1 })).toMatchObject({ value: 1 });
});
