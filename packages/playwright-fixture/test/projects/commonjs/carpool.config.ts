import { defineConfig } from 'carpool';

export default defineConfig({
  // Paths are relative to this file: no `import.meta` is needed, which CommonJS does not have.
  pools: { echo: { command: process.execPath, args: ['child.mjs'] } },
});
