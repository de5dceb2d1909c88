// The pools and the shared workers that the tests of all runners use.
import { fileURLToPath } from 'node:url';
import { defineConfig, server } from 'carpool';

const child = {
  command: process.execPath,
  args: [fileURLToPath(new URL('child.mjs', import.meta.url))],
  protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
};

export default defineConfig({
  pools: {
    echo: { ...child, maxSessions: 16 },
    // MessagePack.
    packed: {
      command: process.execPath,
      args: [fileURLToPath(new URL('packed.mjs', import.meta.url))],
      codec: 'msgpack',
    },
    // One session at a time: a second `register` waits.
    narrow: { ...child, maxSessions: 1 },
    // As that, for one test alone.
    single: { ...child, maxSessions: 1 },
    // Its child is killed by a test.
    mortal: { ...child, maxSessions: 2 },
    // One session at a time, whose test fails if its child finds fault with what it sends.
    strict: {
      ...child,
      protocol: { ...child.protocol, diagnostics: [{ type: 'diagnostic' }] },
      maxSessions: 1,
      diagnostics: 'fail',
    },
    // What tests leave behind in it fails them.
    tidy: { ...child, maxSessions: 2, leaks: 'fail' },
    // Its child does not confirm the end of a session, and answers all else.
    stuck: {
      ...child,
      protocol: {
        close: { send: { type: 'silence' }, expect: { type: 'closed' } },
        probe: { send: { type: 'probe' }, expect: { type: 'alive' } },
      },
      maxSessions: 4,
      closeTimeout: 2_000,
      leaks: 'fail',
    },
    // What a test gets is no message.
    web: server({
      command: process.execPath,
      args: [fileURLToPath(new URL('web.mjs', import.meta.url)), '{port}'],
      open: ({ url, pid }, { params }) => ({ url, pid, since: new Date(0), tags: new Set(['a']), params }),
      maxSessions: 8,
    }),
    // It is hung by a test.
    app: server({
      command: process.execPath,
      args: [fileURLToPath(new URL('web.mjs', import.meta.url)), '{port}'],
      ready: { http: '/health' },
      async open({ url, pid }, { signal }) {
        await fetch(url, { signal });
        return { url, pid };
      },
      close: async ({ url }, _opened, { signal }) => void (await fetch(url, { signal })),
      warm: 1,
      maxSessions: 4,
    }),
    // It is never ready.
    late: server({
      command: process.execPath,
      args: ['-e', 'console.log("migrating the database"); setInterval(() => {}, 1_000)', '{port}'],
      ready: { port: true },
      stopSignal: 'SIGKILL',
    }),
  },
  sharedWorkers: { counter: new URL('counter.worker.mjs', import.meta.url) },
});
