import { fileURLToPath } from 'node:url';
import { defineConfig } from 'carpool';

const child = {
  command: process.execPath,
  args: [fileURLToPath(new URL('child.mjs', import.meta.url))],
  protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
} as const;

export default defineConfig({
  redact: { keys: ['pin'] },
  pools: {
    echo: { ...child, maxSessions: 16 },
    // One session at a time: a second `register` waits.
    narrow: { ...child, maxSessions: 1 },
    // Says hello late.
    slow: { ...child, args: [...child.args, '--hello=2000'], protocol: { hello: { expect: { type: 'hello' } } } },
    // Confirms the end of no session.
    stubborn: { ...child, args: [...child.args, '--stubborn'], closeTimeout: 300 },
    // Its sessions fail if the child finds fault with what they send.
    strict: {
      ...child,
      protocol: { ...child.protocol, diagnostics: [{ type: 'diagnostic' }] },
      maxSessions: 8,
      diagnostics: 'fail',
    },
    missing: { command: 'no-such-program', installHint: 'It cannot be installed' },
  },
  locks: { printer: 'lock', desk: { semaphore: 2, weight: 2 }, device: { lock: 'phone', scope: 'machine' } },
});
