// What users write, once: compiled against each adapter, which surface.test.ts puts in the place of `adapter`.
import {
  CarpoolError,
  isCarpoolError,
  register,
  withPools,
  type ErrorCode,
  type PoolFixtures,
  type RegisterExtraOptions,
  type RegisterInScopeOptions,
  type SessionPools,
  type SessionScope,
  type WithPoolsOptions,
} from 'adapter';
import { carpool, type CarpoolOptions } from 'adapter/config';
import {
  defineConfig,
  server,
  sessionField,
  sharedWorker,
  type PoolNames,
  type ServerOpen,
  type Session,
  type SessionOf,
} from 'carpool';

interface Echo {
  send: { type: 'note'; text: string };
  requests: { get: { request: { type: 'get' }; reply: { type: 'reply'; value: number } } };
  event: { type: 'event'; number: number };
  interact: { request: { type: 'steps' }; step: { number: number }; reply: { type: 'reply' } };
}

const app = server({
  command: 'app',
  open: ({ url }, { params }: ServerOpen<{ readonly seed: number }>) => ({ url, seed: params?.seed }),
});
const config = defineConfig({
  pools: { echo: { command: 'echo', protocol: sessionField<Echo>() }, plain: { command: 'plain' }, app },
  sharedWorkers: { db: sharedWorker<string>('./db.ts') },
});

declare module 'carpool' {
  interface Register {
    readonly config: typeof config;
  }
}

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(...proof: Equal<A, B> extends true ? [] : ['different types']): void;

// The set-up with options.
carpool();
carpool({
  configFile: 'x.ts',
  configTimeout: 5_000,
  evidence: false,
  pools: { more: { command: 'more' } },
  summary: false,
});
same<Parameters<typeof carpool>, [options?: CarpoolOptions | undefined]>();
// @ts-expect-error -- there is no such option
carpool({ configFil: 'x.ts' });

// `withPools`, in all its forms.
const tests = [
  withPools(config),
  withPools(config, { scope: { echo: 'file', plain: 'worker' } }),
  withPools<typeof config>(),
  withPools(),
  withPools({ scope: { echo: 'test' } }),
];
same<
  WithPoolsOptions<typeof config>['scope'],
  { readonly echo?: SessionScope; readonly plain?: SessionScope; readonly app?: SessionScope } | undefined
>();
same<SessionScope, 'test' | 'file' | 'worker'>();
withPools(config, { params: { app: { seed: 1 } } });
// @ts-expect-error -- a seed is a number
withPools(config, { params: { app: { seed: 'one' } } });
// @ts-expect-error -- there is no such pool
withPools(config, { scope: { ecko: 'file' } });
// @ts-expect-error -- nor such a scope
withPools(config, { scope: { echo: 'run' } });

for (const test of tests) {
  test('fixtures have the types of their pools', async ({ echo, plain, app, db, carpool: more }) => {
    app.opened.url satisfies string;
    (await more.app.register({ params: { seed: 7 } })).opened.seed satisfies number | undefined;
    same<typeof echo, SessionOf<typeof config, 'echo'>>();
    same<typeof plain, Session>();
    same<typeof more, SessionPools<typeof config>>();
    (await echo.request({ type: 'get' })).value satisfies number;
    for await (const event of echo.events()) event.number satisfies number;
    db.publish('text');
    const second = await more.echo.register({ wait: false, owner: 'one', timeout: 1, signal: AbortSignal.timeout(1) });
    same<typeof second, typeof echo>();
    // @ts-expect-error -- there is no such request
    await echo.request({ type: 'put' });
    // @ts-expect-error -- there is no such pool
    await more.ecko.register();
  });
  // @ts-expect-error -- there is no such pool
  test('an unknown pool does not compile', async ({ ecko }) => ecko);
}

// `register`, for helper modules.
const renderer = await register('echo', { scope: 'file', wait: false });
same<typeof renderer, SessionOf<typeof config, 'echo'>>();
same<
  Parameters<typeof register<PoolNames<typeof config>>>,
  ['echo' | 'plain' | 'app', (RegisterInScopeOptions | undefined)?]
>();
// @ts-expect-error -- there is no such pool
await register('ecko');
// @ts-expect-error -- nor such a scope
await register('echo', { scope: 'run' });

// Types for helpers.
declare const fixtures: PoolFixtures<typeof config>;
same<typeof fixtures.echo, typeof renderer>();
const options: RegisterExtraOptions = { owner: 'one', params: { locale: 'de' } };
await register('plain', options);

// Errors.
const code: ErrorCode = 'POOL_FULL';
const error: unknown = new CarpoolError(code, 'full');
if (isCarpoolError(error, 'POOL_FULL')) same<typeof error.code, ErrorCode>();
