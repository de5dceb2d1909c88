import { defineConfig, type UserConfig } from 'tsdown';

const common = {
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  fixedExtension: false,
  sourcemap: false,
} satisfies UserConfig;

/** Tests load these in their own realm; in Jest that asks for CommonJS. */
const ofTests = { backend: 'src/backend.ts', golden: 'src/golden.ts' };

const config: UserConfig[] = defineConfig([
  {
    ...common,
    entry: { index: 'src/index.ts', 'stand-in': 'src/stand-in.ts', ...ofTests },
    dts: { oxc: true },
    outputOptions: { chunkFileNames: '[name]-[hash].js' },
  },
  {
    ...common,
    entry: ofTests,
    format: 'cjs',
    clean: false,
    dts: { oxc: true },
    checks: { legacyCjs: false },
    outputOptions: { chunkFileNames: '[name]-[hash].cjs' },
  },
  {
    // A thread: golden/run-picture-work.ts finds it as `new URL('golden-pictures.js', import.meta.url)`.
    ...common,
    entry: { 'golden-pictures': 'src/golden/picture-thread.ts' },
    clean: false,
    dts: false,
  },
  {
    // A program of its own, in one file: src/stand-in.ts finds it as `new URL('./stand-in-renderer.js', import.meta.url)`.
    ...common,
    entry: { 'stand-in-renderer': 'stand-in/renderer.ts' },
    clean: false,
    dts: false,
  },
]);

export default config;
