import { defineConfig, type UserConfig } from 'tsdown';

const config: UserConfig = defineConfig({
  entry: { index: 'src/index.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  fixedExtension: false,
  sourcemap: false,
  dts: { oxc: true },
  outputOptions: { chunkFileNames: '[name]-[hash].js' },
});

export default config;
