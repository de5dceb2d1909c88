// What must not compile. `tsc` reads this file: an expected error that does not occur is an error.
import { describe, expectTypeOf, test } from 'vitest';
import { defineConfig, sessionField, type PoolNames, type Session, type SessionOf } from '../src/entry/index.ts';
import type { AnyMessages, Messages } from '../src/protocol/protocol.ts';
import { registerSharedWorker } from '../src/entry/shared-worker.ts';
import {
  sharedWorker,
  type SharedWorker,
  type SharedWorkerSource,
  type SharedWorkerNames,
  type SharedWorkerOf,
} from '../src/entry/index.ts';
import { createPool, server, type ServerAddress, type ServerOpen } from '../src/entry/index.ts';
import type { SessionPools, WithPoolsOptions } from '../src/entry/adapter-test-process.ts';

interface Chess extends Messages {
  readonly send: { readonly type: 'resign' };
  readonly requests: {
    readonly move: {
      readonly request: { readonly type: 'move'; readonly to: string };
      readonly reply: { readonly ok: boolean };
    };
    readonly clock: { readonly request: { readonly type: 'clock' }; readonly reply: { readonly seconds: number } };
  };
  readonly interact: {
    readonly request: { readonly type: 'think' };
    readonly step: { readonly depth: number };
    readonly reply: { readonly best: string };
  };
  readonly event: { readonly type: 'tick' };
}

const config = defineConfig({
  pools: {
    chess: { command: 'chess', protocol: sessionField<Chess>() },
    solver: { command: ['solver'].join(''), codec: 'json-lines', protocol: { session: 'sid' }, maxSessions: 4 },
  },
});
type Config = typeof config;

// Never called: only their types matter.
declare const chess: SessionOf<Config, 'chess'>;
declare const solver: SessionOf<Config, 'solver'>;

describe('a config', () => {
  test('gives the names of its pools', () => {
    expectTypeOf<PoolNames<Config>>().toEqualTypeOf<'chess' | 'solver'>();
  });

  test('gives each pool its session', () => {
    expectTypeOf<SessionOf<Config, 'chess'>>().toEqualTypeOf<Session<Chess>>();
    expectTypeOf<SessionOf<Config, 'solver'>>().toEqualTypeOf<Session<AnyMessages>>();
  });

  test('has no other pools', () => {
    // @ts-expect-error -- there is no such pool
    expectTypeOf<SessionOf<Config, 'ches'>>().toBeNever();
  });

  test('refuses unknown options', () => {
    // @ts-expect-error -- maxSession is no option
    defineConfig({ pools: { solver: { command: 'solver', maxSession: 4 } } });
    // @ts-expect-error -- where a program was searched for is what a `command` function returns, not an option
    defineConfig({ pools: { a: { command: 'x', searched: ['here'] } } });
    // @ts-expect-error -- a pool needs a command
    defineConfig({ pools: { solver: { maxSessions: 4 } } });
    // @ts-expect-error -- "xml" is no codec
    defineConfig({ pools: { solver: { command: 'solver', codec: 'xml' } } });
    // @ts-expect-error -- a typo in the options of sessionField
    defineConfig({ pools: { solver: { command: 'solver', protocol: { sesion: 'sid' } } } });
    defineConfig({
      pools: {
        solver: {
          command: ({ env, find }) => {
            expectTypeOf(find).toEqualTypeOf<(command: string) => string | undefined>();
            return env['SOLVER'] ?? 'solver';
          },
        },
      },
    });
    // @ts-expect-error -- pools, not pool
    defineConfig({ pool: {} });
  });
});

/** Type-checked, not run: there is no session. */
function notRun(body: () => unknown): void {
  expectTypeOf(body).toBeFunction();
}

describe('a session', () => {
  test('takes the messages of its dialect alone, and gives the replies that belong to them', () => {
    notRun(async () => {
      chess.send({ type: 'resign' });
      // @ts-expect-error -- not a message that is sent
      chess.send({ type: 'move', to: 'e4' });
      expectTypeOf(await chess.request({ type: 'move', to: 'e4' })).toEqualTypeOf<{ readonly ok: boolean }>();
      expectTypeOf(await chess.request({ type: 'clock' })).toEqualTypeOf<{ readonly seconds: number }>();
      // @ts-expect-error -- no such request
      await chess.request({ type: 'castle' });
      // @ts-expect-error -- where to?
      await chess.request({ type: 'move' });
      const thinking = chess.interact({ type: 'think' });
      for await (const { depth } of thinking) expectTypeOf(depth).toEqualTypeOf<number>();
      expectTypeOf(await thinking).toEqualTypeOf<{ readonly best: string }>();
      expectTypeOf(await chess.event()).toEqualTypeOf<{ readonly type: 'tick' }>();
      for await (const event of chess.events()) expectTypeOf(event).toEqualTypeOf<{ readonly type: 'tick' }>();
    });
  });

  test('of a child about which nothing is known takes any object', () => {
    notRun(async () => {
      solver.send({ anything: 1 });
      // @ts-expect-error -- no object
      solver.send('text');
      expectTypeOf(await solver.request({ type: 'anything' })).toEqualTypeOf<Record<string, unknown>>();
    });
  });

  test('comes from a pool in this process with the same types', () => {
    notRun(async () => {
      const pool = createPool({ command: 'chess', protocol: sessionField<Chess>() });
      await using session = await pool.register();
      expectTypeOf(session).toEqualTypeOf<Session<Chess>>();
      expectTypeOf(session.interact({ type: 'think' }).id).toEqualTypeOf<string | undefined>();
      // @ts-expect-error -- no such option
      await pool.register({ ownr: 'me' });
    });
  });
});

describe('the shared workers of a config', () => {
  const workers = defineConfig({
    sharedWorkers: {
      counter: sharedWorker<number>('./counter.ts', { initialData: 7 }),
      log: new URL('file:///log.ts'),
      plain: './plain.ts',
      options: { file: './options.ts', readyTimeout: 5 },
    },
  });
  type Workers = typeof workers;

  test('have their names, and the types of their messages', () => {
    expectTypeOf<SharedWorkerNames<Workers>>().toEqualTypeOf<'counter' | 'log' | 'plain' | 'options'>();
    expectTypeOf<SharedWorkerOf<Workers, 'counter'>>().toEqualTypeOf<SharedWorker.Plugin.Protocol<number>>();
    expectTypeOf<SharedWorkerOf<Workers, 'log'>>().toEqualTypeOf<SharedWorker.Plugin.Protocol>();
    notRun(() => {
      const counter = registerSharedWorker({ config: workers, name: 'counter' });
      expectTypeOf(counter).toEqualTypeOf<SharedWorker.Plugin.Protocol<number>>();
      // @ts-expect-error -- there is no such worker
      registerSharedWorker({ config: workers, name: 'contuer' });
    });
    expectTypeOf<SharedWorkerNames<Config>>().toBeNever();
  });

  test('are registered by name', () => {
    notRun(async () => {
      const counter = registerSharedWorker({ config: workers, name: 'counter' });
      expectTypeOf(await counter.request(1)).toEqualTypeOf<number>();
      // @ts-expect-error -- numbers alone
      counter.publish('one');
      // @ts-expect-error -- there is no such worker
      registerSharedWorker({ config: workers, name: 'conter' });
      const untyped = registerSharedWorker<{ readonly a: string }>({ name: 'anything' });
      for await (const { data } of untyped.subscribe()) expectTypeOf(data.a).toEqualTypeOf<string>();
    });
  });

  test('refuse unknown options', () => {
    expectTypeOf(sharedWorker<number>).returns.toEqualTypeOf<SharedWorkerSource<number>>();
    // @ts-expect-error -- a typo
    defineConfig({ sharedWorkers: { db: { file: './db.ts', readyTimout: 5 } } });
    // @ts-expect-error -- a number is no file
    defineConfig({ sharedWorkers: { db: 7 } });
    // @ts-expect-error -- initialData is a message
    sharedWorker<number>('./counter.ts', { initialData: 'seven' });
  });
});

interface Contexts extends Messages {
  readonly opened: { readonly contextId: string };
  readonly params: { readonly proxy?: string };
}

describe('what `open` found out, and the params that it takes', () => {
  const config = defineConfig({
    pools: {
      browser: { command: 'browser', protocol: sessionField<Contexts>() },
      plain: { command: 'plain' },
      app: server({ command: 'app', args: ['{port}'], maxSessions: 4 }),
      db: server({
        command: ({ port, temp }) => `db-${port}-${temp}`,
        start: () => ({ template: 'one' }),
        open: async ({ url }, { params, started }: ServerOpen<{ readonly seed: number }, { template: string }>) => ({
          url: `${url}/${started.template}`,
          rows: params?.seed ?? 0,
        }),
        close: (_server, { rows }) => {
          expectTypeOf(rows).toEqualTypeOf<number>();
        },
      }),
      inferred: server({
        command: 'db',
        start: async () => 7,
        open: (_server, { params, started }) => {
          expectTypeOf(params).toBeUnknown();
          expectTypeOf(started).toEqualTypeOf<number>();
          return { name: 'x' } as const;
        },
      }),
    },
  });
  type C = typeof config;

  test('are typed by the pool', () => {
    expectTypeOf<SessionOf<C, 'browser'>['opened']>().toEqualTypeOf<{ readonly contextId: string }>();
    expectTypeOf<SessionOf<C, 'plain'>['opened']>().toBeUnknown();
    expectTypeOf<SessionOf<C, 'app'>['opened']>().toEqualTypeOf<ServerAddress>();
    expectTypeOf<SessionOf<C, 'db'>['opened']>().toEqualTypeOf<{ url: string; rows: number }>();
    expectTypeOf<SessionOf<C, 'inferred'>['opened']>().toEqualTypeOf<{ readonly name: 'x' }>();
    notRun(async () => {
      const pools = {} as SessionPools<C>;
      await pools.db.register({ params: { seed: 1 } });
      // @ts-expect-error -- a seed is a number
      await pools.db.register({ params: { seed: 'one' } });
      await pools.plain.register({ params: 7 });
      const options: WithPoolsOptions<C> = { params: { db: { seed: 2 }, browser: {} } };
      // @ts-expect-error -- there is no such parameter
      const wrong: WithPoolsOptions<C> = { params: { browser: { proxi: 'x' } } };
      expectTypeOf(options).toEqualTypeOf(wrong);
      const db = await pools.db.register();
      // @ts-expect-error -- a server gets no messages
      db.send({ type: 'x' });
    });
  });

  test('of a pool in this process too', () => {
    notRun(async () => {
      await using pool = createPool(server({ command: 'app', args: ['{port}'], open: ({ port }) => ({ port }) }));
      await using session = await pool.register();
      expectTypeOf(session.opened).toEqualTypeOf<{ port: number }>();
    });
  });

  test('refuse what a server has not', () => {
    expectTypeOf(server).toBeFunction();
    notRun(() => {
      // @ts-expect-error -- it has no messages, so no codec
      server({ command: 'app', codec: 'msgpack' });
      // @ts-expect-error -- no such option
      defineConfig({ pools: { app: server({ command: 'app', redy: { port: true } }) } });
    });
  });
});
