import { defineConfig, type UserConfig } from 'tsdown';

const common = {
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  fixedExtension: false,
  dts: { oxc: true },
  sourcemap: false,
} satisfies UserConfig;

const config: UserConfig[] = defineConfig([
  {
    ...common,
    // For the main process.
    entry: { config: 'src/config.ts', 'global-setup': 'src/global-setup.ts' },
    outputOptions: { chunkFileNames: 'main-[name]-[hash].js' },
  },
  {
    ...common,
    // What every test file loads, whether it uses Carpool or not: one file.
    entry: { hooks: 'src/hooks.ts' },
    clean: false,
    dts: false,
  },
  {
    ...common,
    // The rest for workers, which finds that file beside it. Built together, each of them would load one file more.
    entry: { index: 'src/index.ts', setup: 'src/setup.ts' },
    clean: false,
    plugins: [
      {
        name: 'hooks',
        resolveId: (id) => (id === './hooks.ts' ? { id: './hooks.js', external: true } : null),
      },
    ],
  },
]);

export default config;
