/** Runs in the copy of the checkout, with the checkout's Vitest. The root is the copy. */
import { join } from 'node:path';
import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';
import { place } from './variables.ts';

const root = join(import.meta.dirname, '..');
const transport = join(import.meta.dirname, 'transport.ts');
const standIns = [
  // What the SDK and its tests import, and nothing else: the stand-ins import the SDK's own modules by other names.
  { find: /^(?:\.\.\/)+(?:src\/)?client\/pool\.js$/, replacement: join(import.meta.dirname, 'pool.ts') },
  { find: /^(?:\.\.\/)+src\/client\/transport\.js$/, replacement: transport },
];

export default defineConfig({
  root,
  plugins: place === 'through the host' ? [carpool({ configFile: 'carpool/carpool.config.ts' })] : [],
  resolve: {
    alias: [
      { find: 'plushie/testing', replacement: join(root, 'src/testing/index.ts') },
      { find: /^plushie\/examples\/(.*)$/, replacement: join(root, 'examples/$1.ts') },
      { find: 'plushie/runtime', replacement: join(root, 'src/runtime.ts') },
      {
        find: 'plushie/transport',
        replacement: place === 'own pool' ? join(root, 'src/client/transport.ts') : transport,
      },
      { find: /^plushie\/own\/(.*)$/, replacement: join(root, 'src/client/$1.ts') },
      ...(place === 'own pool' ? [] : standIns),
    ],
  },
  test: {
    include: ['carpool/{apps,runtime}/*.test.ts', 'test/integration/*.test.ts'],
    // The SDK's: it stops the pool at the end of a file.
    setupFiles: [join(root, 'test/setup.ts')],
  },
});
