import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { licensePlugin, type LicenseInfo } from 'rolldown-license-plugin';
import { defineConfig, type Rolldown, type UserConfig } from 'tsdown';
import { browserPage } from './browser-page.ts';

/** Tests load these in their own realm; in Jest that asks for CommonJS. */
const ofTests = {
  'shared-worker': 'src/entry/shared-worker.ts',
  coordination: 'src/entry/coordination.ts',
  'ava-plugin': 'src/entry/ava-plugin.ts',
  'adapter-realm': 'src/entry/adapter-realm.ts',
  'adapter-current-test': 'src/entry/adapter-current-test.ts',
};

const dist = join(import.meta.dirname, 'dist');

/** Packages whose code is in these files, by name, of all builds so far. */
const bundled = new Map<string, LicenseInfo>();

/**
 * After each build. Their licenses go with the code. And a class with a private member is another type in each file of
 * declarations that has it, and we write two: for `import` and for `require`. A test in CommonJS that takes its types from
 * a config of the other kind would lose them. So the declarations say nothing of private members.
 */
function finish(): void {
  const licenses = [...bundled.values()].toSorted((a, b) => a.name.localeCompare(b.name));
  const texts = licenses.map(
    ({ name, version, license, licenseText }) => `${name} ${version}, ${license}\n\n${licenseText}`,
  );
  writeFileSync(join(dist, 'third-party-licenses.txt'), `${texts.join('\n\n---\n\n')}\n`);
  for (const file of readdirSync(dist).filter((name) => /\.d\.c?ts$/.test(name))) {
    const path = join(dist, file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/^ *#private;\n/gm, ''));
  }
}

// Flat on purpose: whichever file starts the host finds it as `new URL('./host-main.js', import.meta.url)`.
const common = {
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  fixedExtension: false,
  sourcemap: false,
  // Without its optional native part, which installs by a script: package managers warn of that. ES modules never used it.
  deps: { alwaysBundle: [/^msgpackr(?:\/|$)/] },
  plugins: [
    licensePlugin({ done: (packages) => packages.forEach((it) => bundled.set(it.name, it)), failOnUnlicensed: true }),
  ],
  hooks: { 'build:done': finish },
} satisfies UserConfig;

// Test processes pay for each file that they load more than for its length. So what most entries want is one file, and
// what the first session wants is another. Not for declarations: a chunk of types would replace the chunk of code that has
// its name. `current-test` stays alone: every test file loads it, also those that use nothing.
const inSource = (paths: string): RegExp => new RegExp(String.raw`[\\/]src[\\/](?!.*\.d\.)(?:${paths})`);
const base = { name: 'base', test: inSource(String.raw`base[\\/]`) };
const fewFiles = { codeSplitting: { groups: [base] } };
const fewFilesOfModules = {
  codeSplitting: {
    groups: [
      {
        name: 'base',
        priority: 2,
        test: inSource(
          [
            String.raw`base[\\/]`,
            String.raw`codec[\\/](?!msgpack|content-length|length-prefixed|sized-unframer|slab)`,
            String.raw`protocol[\\/]`,
            String.raw`config[\\/]define`,
            String.raw`pool[\\/](?:create-pool|options|restart)\.`,
            String.raw`wire[\\/](?:owner-path|deadline-grace|address)\.`,
            String.raw`client[\\/](?:owner|held-lease|file-owner|owner-leases|report|session-pools|fixtures|shared-client|provided|test-clock|worker-session)\.`,
            String.raw`client[\\/]shared-worker[\\/]membership\.`,
            String.raw`test-api[\\/](?:owners|register-session|current-process)\.`,
          ].join('|'),
        ),
      },
      // What every test file loads, whether it uses Carpool or not.
      {
        name: 'current-test',
        priority: 1,
        test: inSource(String.raw`(?:test-api[\\/]current-test|process[\\/]compile-cache)\.`),
      },
      // What finds and starts the host of a machine is for those few that use it.
      { name: 'machine', test: inSource(String.raw`(?:hosts[\\/]|client[\\/]connect-to-machine\.)`) },
      {
        name: 'client',
        priority: 1,
        test: inSource(
          String.raw`(?:client[\\/](?!machine-client|connect-to-machine)|(?:session|transport|wire)[\\/])`,
        ),
      },
    ],
  },
};

const ofInit =
  /[\\/]src[\\/]cli[\\/]init(?:\.ts|[\\/](?!names))|[\\/]node_modules[\\/](?:@babel|@clack|@jridgewell|diff|fast-[\w-]+|magic-string|package-manager-detector|sisteransi)[\\/]/;

const ofBrowser = {
  ...common,
  format: 'iife',
  platform: 'browser',
  target: 'es2023',
  clean: false,
  dts: false,
  minify: true,
  deps: { alwaysBundle: [/./] },
  outputOptions: { comments: false },
} satisfies UserConfig;

const withoutDevtools = {
  name: 'without-devtools',
  load: { filter: { id: /[\\/]ink[\\/]build[\\/]devtools\.js$/ }, handler: () => 'export {};' },
} satisfies Rolldown.Plugin;

const config: UserConfig[] = defineConfig([
  {
    ...common,
    entry: {
      index: 'src/entry/index.ts',
      protocol: 'src/entry/protocol.ts',
      'adapter-main-process': 'src/entry/adapter-main-process.ts',
      'adapter-test-process': 'src/entry/adapter-test-process.ts',
      testing: 'src/entry/testing.ts',
      ...ofTests,
    },
    dts: { oxc: true },
    outputOptions: { chunkFileNames: '[name]-[hash].js', comments: false, ...fewFilesOfModules },
  },
  {
    ...common,
    entry: ofTests,
    format: 'cjs',
    clean: false,
    dts: { oxc: true },
    checks: { legacyCjs: false },
    outputOptions: { chunkFileNames: '[name]-[hash].cjs', comments: false, ...fewFiles },
  },
  {
    // A program of the user loads it, and nothing else of Carpool.
    ...common,
    entry: { child: 'src/entry/child.ts' },
    clean: false,
    dts: { oxc: true },
    outputOptions: { chunkFileNames: 'child-[name]-[hash].js', comments: false },
  },
  {
    // The same for one that joins a session.
    ...common,
    entry: { join: 'src/entry/join.ts' },
    clean: false,
    dts: { oxc: true },
    outputOptions: {
      chunkFileNames: 'join-[name]-[hash].js',
      comments: false,
      // All but the formats that only some sessions need.
      codeSplitting: {
        groups: [
          {
            name: 'base',
            test: inSource(
              String.raw`(?!codec[\\/]msgpack|wire[\\/]cloned-format|realm[\\/](?:structured-clone|not-plain))`,
            ),
          },
        ],
      },
    },
  },
  {
    // The command for itself: what it shares with an entry would become one file more that a test process loads. What
    // `init` alone needs, a parser, is a file of its own, and what it shares with the others is no file more for those.
    ...common,
    entry: { cli: 'src/cli/main.ts' },
    clean: false,
    dts: false,
    // React as it is for users, and Ink without what connects it to the developer tools of React, which are no dependency.
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [...common.plugins, withoutDevtools],
    outputOptions: {
      chunkFileNames: 'cli-[name]-[hash].js',
      comments: false,
      codeSplitting: {
        groups: [
          { name: 'init', test: ofInit },
          // First, because a group takes with it what its files import.
          {
            name: 'base',
            priority: 1,
            test: inSource(String.raw`(?:base[\\/]|config[\\/]find|cli[\\/]init[\\/]names|cli[\\/]run[\\/]outcome)`),
          },
        ],
      },
    },
  },
  {
    // The host carries what it needs to start and to run a child, in few files: it is started once for every run. The
    // compiler for configs that Node cannot read is loaded from its package, by those who need it.
    ...common,
    entry: { 'host-main': 'src/host/boot.ts', 'machine-main': 'src/machine/boot.ts' },
    clean: false,
    dts: false,
    deps: { alwaysBundle: [/^(?!jiti$)/] },
    outputOptions: {
      chunkFileNames: 'host-[name]-[hash].js',
      comments: false,
      codeSplitting: {
        groups: [
          {
            name: 'base',
            test: inSource(
              [
                String.raw`(?:base|session|transport|wire)[\\/]`,
                String.raw`codec[\\/](?!msgpack)`,
                String.raw`host[\\/](?:main|lifetime|load-clean-up|restoration|served-run|server-ports|started-processes)\.`,
                String.raw`hosts[\\/](?:host-directory|host-record)\.`,
                String.raw`host[\\/](?:hub|shared-workers)[\\/](?!worker-thread)`,
                String.raw`process[\\/](?:files|identity|pid-files|exit|environment|group|marked|stop-ladder)\.`,
              ].join('|'),
            ),
          },
        ],
      },
    },
  },
  {
    // The thread of a shared worker: one file for each start, found as `new URL('./shared-worker-thread.js', import.meta.url)`.
    ...common,
    entry: { 'shared-worker-thread': 'src/host/thread/main.ts' },
    clean: false,
    dts: false,
    deps: { alwaysBundle: [/^(?!jiti$)/] },
    outputOptions: { chunkFileNames: 'thread-[name]-[hash].js', comments: false },
  },
  {
    // The page of `carpool report --html`: one file of HTML, which that command alone reads.
    ...ofBrowser,
    entry: { 'report-page': 'src/report/page/main.ts' },
    plugins: [
      ...common.plugins,
      browserPage({ folder: 'src/report/page', fileName: 'report-page.html', policy: [], licensed: 'uplot' }),
    ],
  },
  {
    // The same for `carpool watch --web`: it listens to the command that has served it.
    ...ofBrowser,
    entry: { 'watch-page': 'src/cli/watch/page/main.ts' },
    plugins: [
      ...common.plugins,
      browserPage({ folder: 'src/cli/watch/page', fileName: 'watch-page.html', policy: ["connect-src 'self'"] }),
    ],
  },
]);

export default config;
