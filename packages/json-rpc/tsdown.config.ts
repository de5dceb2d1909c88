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
    entry: { index: 'src/index.ts', client: 'src/client.ts' },
    dts: { oxc: true },
    outputOptions: { chunkFileNames: '[name]-[hash].js' },
  },
  {
    // Tests load it in their own realm; in Jest that asks for CommonJS.
    ...common,
    entry: { client: 'src/client.ts' },
    format: 'cjs',
    clean: false,
    dts: { oxc: true },
    checks: { legacyCjs: false },
    outputOptions: { chunkFileNames: '[name]-[hash].cjs' },
  },
]);

export default config;
