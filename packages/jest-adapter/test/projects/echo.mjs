// The pools that the projects share.
import { fileURLToPath } from 'node:url';

const program = (name) => fileURLToPath(new URL(name, import.meta.url));

const child = {
  command: process.execPath,
  args: [program('child.mjs')],
  protocol: {
    close: { send: { type: 'reset' }, expect: { type: 'closed' } },
    steps: [{ type: 'step' }],
    asks: [{ type: 'question' }],
  },
};

export const pools = {
  echo: { ...child, maxSessions: 16 },
  // One session at a time: a second `register` waits.
  narrow: { ...child, maxSessions: 1 },
  // Starts slowly.
  slow: {
    ...child,
    args: [program('child.mjs'), '--hello=1200'],
    protocol: { ...child.protocol, hello: { expect: { type: 'hello' } } },
  },
  // Never confirms that a session has ended.
  stubborn: {
    ...child,
    closeTimeout: 200,
    protocol: { close: { send: { type: 'silence' }, expect: { type: 'closed' } } },
  },
  // Its sessions fail if the child finds fault with what they send.
  strict: {
    ...child,
    protocol: { ...child.protocol, diagnostics: [{ type: 'diagnostic' }] },
    maxSessions: 8,
    diagnostics: 'fail',
  },
  // MessagePack.
  packed: { command: process.execPath, args: [program('packed.mjs')], codec: 'msgpack' },
};
