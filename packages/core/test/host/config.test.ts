// Finding, loading and checking `carpool.config.*`.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { failure } from '../support/failure.ts';
import { place } from '../support/pools.ts';

/** Writes a file of the project, and gives its path. */
function file(name: string, text: string): string {
  const path = join(place().path, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const inTypeScript = `
  import { defineConfig } from './define.ts';
  enum Size { Two = 2 }
  export default defineConfig({ pools: { renderer: { command: 'renderer', maxSessions: Size.Two } } } as const);
`;
const inJavaScript = `export default { pools: { renderer: { command: 'renderer', maxSessions: 2 } } };`;
const define = `export function defineConfig<const C>(config: C): C { return config; }`;
const renderer = { renderer: { command: 'renderer', maxSessions: 2 } };

describe('a config', () => {
  test.each([
    ['ts', inTypeScript],
    ['mts', inTypeScript],
    ['js', inJavaScript],
    ['mjs', inJavaScript],
  ])('may be written in %s, and is found from a folder below', async (extension, text) => {
    file('define.ts', define);
    const path = file(`carpool.config.${extension}`, text);
    const root = dirname(file('packages/cart/test/cart.test.ts', ''));
    expect(await loadConfig({ root })).toEqual({
      pools: renderer,
      sharedWorkers: {},
      locks: {},
      file: path,
      folder: place().path,
    });
  });

  const forNode = inTypeScript.replace('Size.Two', '2').replace(/enum .*/, '');
  test.each([
    ['{}', forNode, false],
    ['{ "type": "commonjs" }', forNode, false],
    ['{ "type": "module" }', forNode, false],
    ['{ "type": "commonjs" }', inTypeScript, true],
    ['{ "type": "commonjs" }', inJavaScript.replace('export default', 'module.exports ='), false],
  ])(
    'is loaded in a package %s without a warning; a compiler is needed for what Node cannot read',
    async (manifest, text, compiler) => {
      file('package.json', manifest);
      file('define.ts', define);
      file('carpool.config.ts', text);
      expect(await loadedAlone()).toEqual({ config: { pools: renderer, compiler }, warnings: '' });
    },
  );

  test.each(['{}', '{ "type": "commonjs" }'])('imports CommonJS files in a package %s', async (manifest) => {
    file('package.json', manifest);
    file('size.js', 'module.exports = { size: 2 };');
    file('effect.js', "require('node:fs');");
    const imports = "import './effect.js';\nimport size from './size.js';\n";
    file('carpool.config.ts', imports + inJavaScript.replace('2', 'size.size'));
    expect(await loadedAlone()).toEqual({ config: { pools: renderer, compiler: false }, warnings: '' });
  });

  /** By a process of its own: this one has Vite's loader. */
  async function loadedAlone(): Promise<{ readonly config: unknown; readonly warnings: string }> {
    const program = fileURLToPath(new URL('loads-config.mjs', import.meta.url));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, place().path]);
    return { config: JSON.parse(stdout), warnings: stderr };
  }

  test('that is nearer is taken, and in one folder the first of ts, mts, js and mjs', async () => {
    file('carpool.config.ts', inJavaScript.replace('2', '1'));
    file('cart/carpool.config.mjs', inJavaScript.replace('2', '9'));
    const path = file('cart/carpool.config.js', inJavaScript);
    expect(await loadConfig({ root: join(place().path, 'cart') })).toMatchObject({ pools: renderer, file: path });
  });

  test('may be named, relative to the root', async () => {
    const path = file('config/other.mjs', inJavaScript);
    const found = await loadConfig({ root: place().path, configFile: 'config/other.mjs' });
    expect(found).toEqual({ pools: renderer, sharedWorkers: {}, locks: {}, file: path, folder: dirname(path) });
  });

  test('may hold functions and objects, and is awaited', async () => {
    const path = file(
      'carpool.config.mjs',
      `
      await Promise.resolve();
      const nothing = () => ({ as: 'unknown' });
      const protocol = { name: 'mine', route: nothing, address: nothing };
      const format = { name: 'mine', encode() {}, decode() {} };
      const codec = { name: 'mine', framing: { name: 'mine', frame() {}, unframer() {} }, format };
      export default { pools: { mine: { command: ({ find }) => find('mine') ?? 'mine', protocol, codec } } };
    `,
    );
    const { pools } = await loadConfig({ root: place().path });
    expect(pools['mine']).toMatchObject({ command: expect.any(Function), protocol: { name: 'mine' } });
    expect(path).toContain('carpool.config.mjs');
  });

  test('may be joined by pools of the adapter', async () => {
    const path = file('carpool.config.mjs', inJavaScript);
    const pools = { solver: { command: 'solver' } };
    expect(await loadConfig({ root: place().path, pools })).toMatchObject({
      pools: { ...renderer, ...pools },
      file: path,
    });
  });

  test('need not be there where the adapter has pools', async () => {
    const pools = { solver: { command: 'solver' } };
    expect(await loadConfig({ root: place().path, pools })).toEqual({
      pools,
      sharedWorkers: {},
      locks: {},
      folder: place().path,
    });
  });

  test('may be CommonJS, where the project is', async () => {
    file('package.json', '{}');
    file('carpool.config.js', inJavaScript.replace('export default', 'module.exports ='));
    expect(await loadConfig({ root: place().path })).toMatchObject({ pools: renderer });
  });
});

describe('a config that cannot be loaded', () => {
  test.each([
    [
      'no default export',
      `export const pools = { a: { command: 'x' } };`,
      /^The config is not valid at `default`: found the file has no default export/,
    ],
    ['a mistake of syntax', 'export default {', /^Cannot load .*carpool\.config\.mjs: /],
    ['a module that is not there', `import 'no-such-package'; export default {};`, /^Cannot load .*no-such-package/],
    ['an error of its own', `throw new Error('no licence');`, /^Cannot load .*carpool\.config\.mjs: no licence$/],
  ])('because of %s is one error that names the file', async (_, text, says) => {
    const path = file('carpool.config.mjs', text);
    const error = await failure(loadConfig({ root: place().path }), 'CONFIG_INVALID');
    expect(error.message).toMatch(says);
    expect(error.message).toContain(path);
    expect(error.context).toMatchObject({ file: path });
    expect(error.scope).toBe('run');
  });

  test('because the named file does not exist is one error', async () => {
    const error = await failure(loadConfig({ root: place().path, configFile: 'gone.ts' }), 'CONFIG_INVALID');
    const path = join(place().path, 'gone.ts');
    expect(error.message).toBe(
      `Cannot load the config: there is no file ${path}. Correct the path that names it, or leave it out: then the nearest carpool.config.* is taken`,
    );
    expect(error.context).toMatchObject({ file: path });
  });

  test('because it does not exist says what to write', async () => {
    const error = await failure(loadConfig({ root: place().path }), 'CONFIG_INVALID');
    expect(error.message).toBe(
      `There are no pools: no carpool.config.ts was found in ${place().path} or above it. Write a config that exports \`defineConfig({ pools: { … } })\``,
    );
  });

  test('because it has no pools says what to write', async () => {
    const path = file('carpool.config.mjs', 'export default {};');
    const error = await failure(loadConfig({ root: place().path }), 'CONFIG_INVALID');
    expect(error.message).toContain(`There are no pools: ${path} has none`);
  });
});

const options =
  'command, identity, args, cwd, env, inheritEnv, installHint, stdio, codec, protocol, children, sessionsPerChild, ' +
  'maxSessions, warm, maxQueued, ' +
  'registerTimeout, helloTimeout, openTimeout, closeTimeout, requestTimeout, idleTimeout, stopTimeout, ' +
  'maxFrameBytes, maxUnreadEvents, diagnostics, leaks, maxQuarantined, recycleAfter, restarts, watch, strayOutput, probeTimeout, forwardStderr, tempBase, server';
const ofProtocol =
  'session, id, replyTo, idType, labelFields, hello, open, close, probe, steps, refusals, lost, asks, refuse, cancel, diagnostics';
const aCommand = 'allowed: a path, a name that is looked for in PATH, or a function that returns one';
const aName = 'allowed: a name that can be a variable, because it is a fixture of tests';
const aFile = 'allowed: a `file:` URL, a path, or sharedWorker(file, options)';
const unknown = (key: string, allowed: string, meant?: string): string =>
  `${JSON.stringify(key)}, which is no option there; ${meant === undefined ? '' : `did you mean "${meant}"? `}allowed: ${allowed}`;

const aLock =
  'allowed: "lock", or an object: { lock }, { read }, { write } with the name of a lock, or { semaphore, name?, weight? } with a size; each with timeout? and scope?: "run", "machine" or "reach"';

/** What is wrong, as JavaScript; where; what the error says was found and is allowed. */
const mistakes: readonly (readonly [wrong: string, path: string, says: string])[] = [
  [
    `{ pool: {} }`,
    'pool',
    unknown('pool', 'pools, sharedWorkers, locks, host, reach, report, transcript, leaks, redact', 'pools'),
  ],
  [`{ pools: [] }`, 'pools', '[]; allowed: an object of pools by their names'],
  [`{ pools: null }`, 'pools', 'null; allowed: an object of pools by their names'],
  [`{ pools: { a: null } }`, 'pools.a', 'null; allowed: the options of a pool, an object'],
  [`{ pools: { 'my-pool': { command: 'x' } } }`, 'pools.my-pool', `"my-pool"; ${aName}`],
  [`{ pools: { a: {} } }`, 'pools.a.command', 'nothing; it is required'],
  [`{ pools: { a: { command: '' } } }`, 'pools.a.command', `""; ${aCommand}`],
  [`{ pools: { a: { command: ['x', '-v'] } } }`, 'pools.a.command', `["x", "-v"]; ${aCommand}`],
  [
    `{ pools: { a: { command: 'x', maxSession: 8 } } }`,
    'pools.a.maxSession',
    unknown('maxSession', options, 'maxSessions'),
  ],
  [`{ pools: { a: { command: 'x', 'a.b': 8 } } }`, 'pools.a.a.b', unknown('b', options)],
  ...['"8"', '0', '-1', '1.5', 'NaN', 'Infinity'].map(
    (value) =>
      [
        `{ pools: { a: { command: 'x', maxSessions: ${value} } } }`,
        'pools.a.maxSessions',
        `${value}; allowed: a whole number from 1`,
      ] as const,
  ),
  [`{ pools: { a: { command: 'x', children: 0 } } }`, 'pools.a.children', '0; allowed: a whole number from 1'],
  [
    `{ pools: { a: { command: 'x', children: 3, maxSessions: 8 } } }`,
    'pools.a.maxSessions',
    '8; allowed: a multiple of `children` (3), such as 9, because each child holds as many sessions',
  ],
  [
    `{ pools: { a: { command: 'x', children: 3, sessionsPerChild: 2, maxSessions: 8 } } }`,
    'pools.a.maxSessions',
    '8; allowed: 6, which is `children` (3) × `sessionsPerChild` (2); change one of the three',
  ],
  [
    `{ pools: { a: { command: 'x', requestTimeout: -1 } } }`,
    'pools.a.requestTimeout',
    '-1; allowed: milliseconds, 0 or more',
  ],
  [
    `{ pools: { a: { command: 'x', requestTimeout: '5s' } } }`,
    'pools.a.requestTimeout',
    '"5s"; allowed: milliseconds, 0 or more',
  ],
  [`{ pools: { a: { command: 'x', args: '-v' } } }`, 'pools.a.args', '"-v"; allowed: a list of strings'],
  [`{ pools: { a: { command: 'x', args: ['-v', 7] } } }`, 'pools.a.args.1', '7; allowed: a string'],
  [`{ pools: { a: { command: 'x', env: { DEBUG: 1 } } } }`, 'pools.a.env.DEBUG', '1; allowed: a string'],
  [
    `{ pools: { a: { command: 'x', inheritEnv: 'PATH' } } }`,
    'pools.a.inheritEnv',
    '"PATH"; allowed: true, false, or a list of names',
  ],
  [
    `{ pools: { a: { command: 'x', codec: 'xml' } } }`,
    'pools.a.codec',
    '"xml"; allowed: "json-lines", "msgpack" or a Codec',
  ],
  [`{ pools: { a: { command: 'x', stdio: { in: 3 } } } }`, 'pools.a.stdio.out', 'nothing; it is required'],
  [
    `{ pools: { a: { command: 'x', stdio: { in: 3, out: 4, err: 5 } } } }`,
    'pools.a.stdio.err',
    unknown('err', 'in, out'),
  ],
  [
    `{ pools: { a: { command: 'x', server: { ...part, ready: { prot: true } } } } }`,
    'pools.a.server.ready',
    '{prot: true}; allowed: { port: true }, { http, status? }, { line } with a RegExp, or a function',
  ],
  [
    `{ pools: { a: { command: 'x', server: { ...part, stopSignal: 'INT' } } } }`,
    'pools.a.server.stopSignal',
    '"INT"; allowed: the name of a signal, such as "SIGTERM"',
  ],
  [
    `{ pools: { a: { command: 'x', server: part, codec: 'msgpack' } } }`,
    'pools.a.codec',
    'an option for messages; allowed: nothing, because a server has no messages',
  ],
  [
    `{ pools: { a: { command: 'x', restarts: { maximum: 1 } } } }`,
    'pools.a.restarts.maximum',
    unknown('maximum', 'maxFailures, window, maxFailedStarts, maxEarlyExits'),
  ],
  [
    `{ pools: { a: { command: 'x', protocol: 'plushie' } } }`,
    'pools.a.protocol',
    '"plushie"; allowed: a protocol, a function that returns one, or the options of sessionField',
  ],
  [
    `{ pools: { a: { command: 'x', protocol: { sesion: 's' } } } }`,
    'pools.a.protocol.sesion',
    unknown('sesion', ofProtocol, 'session'),
  ],
  [
    `{ pools: { a: { command: 'x', protocol: { idType: 'bigint' } } } }`,
    'pools.a.protocol.idType',
    '"bigint"; allowed: "string" or "number"',
  ],
  [
    `{ pools: { a: { command: 'x', protocol: { hello: {} } } } }`,
    'pools.a.protocol.hello.expect',
    'nothing; it is required',
  ],
  [
    `{ pools: { a: { command: 'x', protocol: { close: { say: {} } } } } }`,
    'pools.a.protocol.close.say',
    unknown('say', 'send, expect, failed'),
  ],
  // Not what is missing, but what stands in its place.
  ...(
    [
      ['open', 'send, expect, params'],
      ['close', 'send, expect, failed'],
      ['probe', 'send, expect'],
    ] as const
  ).map(
    ([name, allowed]) =>
      [
        `{ pools: { a: { command: 'x', protocol: { ${name}: { sned: {} } } } } }`,
        `pools.a.protocol.${name}.sned`,
        unknown('sned', allowed, 'send'),
      ] as const,
  ),
  [
    `{ pools: { a: { command: 'x', protocol: { hello: { expcet: {} } } } } }`,
    'pools.a.protocol.hello.expcet',
    unknown('expcet', 'send, expect, version', 'expect'),
  ],
  [
    `{ pools: { a: { command: 'x', protocol: { helloTimeout: 5 } } } }`,
    'pools.a.protocol.helloTimeout',
    `"helloTimeout", which is no option there; it belongs beside \`protocol\`, and not in it; allowed: ${ofProtocol}`,
  ],
  [
    `{ pools: { a: { command: 'x', protocol: { close: { requestTimeout: 5 } } } } }`,
    'pools.a.protocol.close.requestTimeout',
    '"requestTimeout", which is no option there; it belongs beside `protocol`, and not in it; allowed: send, expect, failed',
  ],
  [
    `{ pools: { a: { command: 'x', host: 'machine' } } }`,
    'pools.a.host',
    `"host", which is no option there; it belongs beside \`pools\`, and not in it; allowed: ${options}`,
  ],
  [
    `{ pools: { a: { command: 'x', replyTo: 'id' } } }`,
    'pools.a.replyTo',
    `"replyTo", which is no option there; it belongs in \`protocol\`; allowed: ${options}`,
  ],
  [`{ pools: { a: { comand: 'x' } } }`, 'pools.a.comand', unknown('comand', options, 'command')],
  [
    `{ pools: { a: { command: 'x', protocol: { name: 'x', route: 7 } } } }`,
    'pools.a.protocol.route',
    '7; allowed: a function',
  ],
  [`{ locks: [] }`, 'locks', '[]; allowed: an object of locks by their names'],
  [`{ locks: { printer: 'mutex' } }`, 'locks.printer', `"mutex"; ${aLock}`],
  [
    `{ locks: { printer: { lock: 'a', scope: 'machines' } } }`,
    'locks.printer',
    `{lock: "a", scope: "machines"}; ${aLock}`,
  ],
  [`{ locks: { printer: { lock: '' } } }`, 'locks.printer.lock', `""; ${aLock}`],
  [
    `{ locks: { a: { semaphore: 2 }, b: { semaphore: 3, name: 'a' } } }`,
    'locks.b',
    'the size 3; allowed: the size 2, which "a" has above',
  ],
  [`{ locks: { a: { semaphore: 2, weight: 3 } } }`, 'locks.a.weight', '3; allowed: at most the size, 2'],
  [
    `{ pools: { a: { command: 'x' } }, locks: { a: 'lock' } }`,
    'locks.a',
    'a lock that has the name of a pool; allowed: one fixture for a name',
  ],
  [`{ sharedWorkers: [] }`, 'sharedWorkers', '[]; allowed: an object of shared workers by their names'],
  [`{ sharedWorkers: { db: 7 } }`, 'sharedWorkers.db', `7; ${aFile}`],
  [`{ sharedWorkers: { db: '' } }`, 'sharedWorkers.db', `""; ${aFile}`],
  [`{ sharedWorkers: { db: {} } }`, 'sharedWorkers.db.file', 'nothing; it is required'],
  [
    `{ sharedWorkers: { db: { file: 'db.js', timeout: 1 } } }`,
    'sharedWorkers.db.timeout',
    unknown('timeout', 'file, initialData, readyTimeout, teardownTimeout'),
  ],
  [
    `{ sharedWorkers: { db: { file: 'db.js', teardownTimeout: 60_000 } } }`,
    'sharedWorkers.db.teardownTimeout',
    '60000; allowed: milliseconds, up to 15000',
  ],
];

test('shared workers alone make a config', async () => {
  const url = new URL('file:///db.js');
  const path = file(
    'carpool.config.mjs',
    `export default { sharedWorkers: { db: new URL('${url.href}'), log: 'log.js' } }`,
  );
  const sharedWorkers = { db: url, log: 'log.js' };
  expect(await loadConfig({ root: place().path })).toEqual({
    pools: {},
    sharedWorkers,
    locks: {},
    file: path,
    folder: place().path,
  });
});

test.each(mistakes)('%s is a mistake at %s', async (wrong, path, says) => {
  const config = file(
    'carpool.config.mjs',
    `const part = { ready: { port: true }, readyTimeout: 1, startTimeout: 1, stopSignal: 'SIGTERM' };
    export default ${wrong.replace(/(?<=protocol: \{ close: \{) say/, ' send: {}, say')};`,
  );
  const error = await failure(loadConfig({ root: place().path }), 'CONFIG_INVALID');
  expect(error.message).toBe(`The config is not valid at \`${path}\`: found ${says} (${config})`);
  expect(error.context).toMatchObject({ file: config, path });
});

test('a mistake in the options of the adapter names the adapter', async () => {
  const pools = { solver: { command: 7 as never } };
  const error = await failure(loadConfig({ root: place().path, pools }), 'CONFIG_INVALID');
  expect(error.message).toBe(
    `The config is not valid at \`pools.solver.command\`: found 7; ${aCommand} (the options of the adapter)`,
  );
});

test('a pool that is named twice is a mistake, and both places are named', async () => {
  const path = file('carpool.config.mjs', inJavaScript);
  const error = await failure(
    loadConfig({ root: place().path, pools: { renderer: { command: 'x' } } }),
    'CONFIG_INVALID',
  );
  expect(error.message).toContain(`the pool "renderer" is in ${path} and in the options of the adapter`);
  expect(error.context).toMatchObject({ path: 'pools.renderer' });
});
