import { defineConfig, type UserConfig } from 'tsdown';

const common = {
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  fixedExtension: false,
  sourcemap: false,
} satisfies UserConfig;

const config: UserConfig[] = defineConfig([
  {
    ...common,
    entry: { index: 'src/index.ts', backend: 'src/backend.ts', 'stand-in': 'src/stand-in.ts' },
    dts: { oxc: true },
    outputOptions: { chunkFileNames: '[name]-[hash].js' },
  },
  {
    // Tests import it; in Jest they are CommonJS.
    ...common,
    entry: { backend: 'src/backend.ts' },
    format: 'cjs',
    clean: false,
    dts: { oxc: true },
    checks: { legacyCjs: false },
    outputOptions: { chunkFileNames: '[name]-[hash].cjs' },
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
