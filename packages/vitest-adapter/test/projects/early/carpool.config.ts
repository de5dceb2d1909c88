import { fileURLToPath } from 'node:url';
import { defineConfig } from 'carpool';

const child = {
  command: process.execPath,
  args: [fileURLToPath(new URL('child.mjs', import.meta.url))],
  protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
} as const;

export default defineConfig({
  pools: {
    echo: child,
    narrow: { ...child, maxSessions: 1 },
    slow: { ...child, args: [...child.args, '--hello=2000'], protocol: { hello: { expect: { type: 'hello' } } } },
    taken: { ...child, maxSessions: 1, registerTimeout: 600 },
  },
  locks: {
    printer: 'lock',
    desk: { semaphore: 2, weight: 2 },
    reads: { read: 'book' },
    writes: { write: 'book' },
    device: { lock: 'phone', scope: 'machine' },
  },
});
