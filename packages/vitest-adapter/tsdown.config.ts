import { defineConfig, type UserConfig } from 'tsdown';

const config: UserConfig = defineConfig({
  entry: {
    index: 'src/index.ts',
    config: 'src/config.ts',
    'global-setup': 'src/global-setup.ts',
    setup: 'src/setup.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  fixedExtension: false,
  dts: { oxc: true },
  sourcemap: false,
  outputOptions: { chunkFileNames: '[name]-[hash].js' },
});

export default config;
