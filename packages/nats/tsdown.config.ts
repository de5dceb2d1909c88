import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { licensePlugin } from 'rolldown-license-plugin';
import { defineConfig, type UserConfig } from 'tsdown';

const licenses = join(import.meta.dirname, 'dist', 'third-party-licenses.txt');
const texts: string[] = [];

const config: UserConfig = defineConfig({
  entry: { index: 'src/index.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  fixedExtension: false,
  sourcemap: false,
  dts: { oxc: true },
  outputOptions: { chunkFileNames: '[name]-[hash].js' },
  // A test process that loads the config would read all of it, for the few checks of the options.
  deps: { alwaysBundle: ['valibot'] },
  plugins: [
    licensePlugin({
      done: (packages) =>
        packages.forEach((it) => texts.push(`${it.name} ${it.version}, ${it.license}\n\n${it.licenseText}`)),
      failOnUnlicensed: true,
    }),
  ],
  hooks: { 'build:done': () => writeFileSync(licenses, `${[...new Set(texts)].join('\n\n---\n\n')}\n`) },
});

export default config;
