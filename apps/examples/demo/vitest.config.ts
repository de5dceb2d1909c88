import { defineConfig } from 'vitest/config';

// A run of its own: it keeps all processors busy, and other tests beside it would wait for them.
export default defineConfig({ test: { root: import.meta.dirname, include: ['demo.test.ts'] } });
