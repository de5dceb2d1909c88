import { defineConfig, type UserConfig } from 'tsdown';

// Flat on purpose: whichever file starts the host finds it as `new URL('./host-main.js', import.meta.url)`.
const config: UserConfig = defineConfig({
  entry: {
    index: 'src/entry/index.ts',
    host: 'src/entry/host.ts',
    client: 'src/entry/client.ts',
    plushie: 'src/entry/plushie.ts',
    testing: 'src/entry/testing.ts',
    'host-main': 'src/host/main.ts',
    cli: 'src/cli/main.ts',
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
