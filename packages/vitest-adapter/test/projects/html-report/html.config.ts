import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [carpool({ evidence: 'whole' })],
  test: {
    reporters: [
      'default',
      ['html', { outputDir: 'with-files' }],
      ['html', { outputDir: 'one-file', singleFile: true }],
    ],
  },
});
