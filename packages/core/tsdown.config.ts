import { defineConfig, type UserConfig } from 'tsdown';

/** Tests load these in their own realm; in Jest that asks for CommonJS. */
const ofTests = {
  'shared-worker': 'src/entry/shared-worker.ts',
  coordination: 'src/entry/coordination.ts',
  'ava-plugin': 'src/entry/ava-plugin.ts',
  'adapter-realm': 'src/entry/adapter-realm.ts',
};

// Flat on purpose: whichever file starts the host finds it as `new URL('./host-main.js', import.meta.url)`.
const common = {
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  fixedExtension: false,
  sourcemap: false,
} satisfies UserConfig;

// Nearly every entry wants most of `base`. Test processes pay for each file that they load more than for its length. Not
// for declarations: a chunk of types would replace the chunk of code that has its name.
const fewFiles = { codeSplitting: { groups: [{ name: 'base', test: /[\\/]src[\\/]base[\\/](?!.*\.d\.)/ }] } };

const config: UserConfig[] = defineConfig([
  {
    ...common,
    entry: {
      index: 'src/entry/index.ts',
      protocol: 'src/entry/protocol.ts',
      'adapter-main-process': 'src/entry/adapter-main-process.ts',
      'adapter-test-process': 'src/entry/adapter-test-process.ts',
      testing: 'src/entry/testing.ts',
      cli: 'src/cli/main.ts',
      ...ofTests,
    },
    dts: { oxc: true },
    outputOptions: { chunkFileNames: '[name]-[hash].js', ...fewFiles },
  },
  {
    ...common,
    entry: ofTests,
    format: 'cjs',
    clean: false,
    dts: { oxc: true },
    checks: { legacyCjs: false },
    outputOptions: { chunkFileNames: '[name]-[hash].cjs', ...fewFiles },
  },
  {
    // The host carries what it needs to start and to run a child, in few files: it is started once for every run. The
    // compiler for configs that Node cannot read is loaded from its package, by those who need it.
    ...common,
    entry: { 'host-main': 'src/host/main.ts' },
    clean: false,
    dts: false,
    deps: { alwaysBundle: [/^(?!jiti$)/] },
    outputOptions: { chunkFileNames: 'host-[name]-[hash].js' },
  },
  {
    // The thread of a shared worker: one file for each start, found as `new URL('./shared-worker-thread.js', import.meta.url)`.
    ...common,
    entry: { 'shared-worker-thread': 'src/host/thread/main.ts' },
    clean: false,
    dts: false,
    deps: { alwaysBundle: [/^(?!jiti$)/] },
    outputOptions: { chunkFileNames: 'thread-[name]-[hash].js' },
  },
]);

export default config;
