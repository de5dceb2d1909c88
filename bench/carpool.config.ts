/** The pools that the rows measure; a host finds this file as it finds a user's. */
import { fileURLToPath } from 'node:url';
import { defineConfig, type Codec, type PoolOptions } from 'carpool';
// Not public. It must not be the host's own codec object, so that the host treats it as a custom codec.
import { lengthPrefixed } from '../packages/core/src/codec/length-prefixed.ts';
import { msgpack } from '../packages/core/src/codec/msgpack.ts';

/**
 * MessagePack without `peek` and `stamp`, which let the host read and set single fields, in a format unknown to workers:
 * every message is decoded and encoded again on its way. This is the general path, for dialects that need it.
 */
const opaque: Codec = {
  name: 'opaque',
  framing: lengthPrefixed(),
  format: {
    name: 'opaque',
    encode: (message) => msgpack.encode(message),
    decode: (payload) => msgpack.decode(payload),
  },
};

function pool(program: string, codec: 'msgpack' | Codec): PoolOptions {
  return {
    command: process.execPath,
    args: [fileURLToPath(new URL(`./children/${program}.ts`, import.meta.url))],
    codec,
    // `echo` answers the reset with itself, as it does everything.
    protocol: program === 'echo' ? { close: { send: { type: 'reset' }, expect: { type: 'reset' } } } : {},
    maxSessions: 1_100,
  };
}

export default defineConfig({
  pools: {
    echo: pool('echo', 'msgpack'),
    blob: pool('blob', 'msgpack'),
    echoOpaque: pool('echo', opaque),
    blobOpaque: pool('blob', opaque),
  },
});
