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
    entry: { index: 'src/index.ts', 'stand-in': 'src/stand-in.ts' },
    dts: { oxc: true },
    outputOptions: { chunkFileNames: '[name]-[hash].js' },
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
