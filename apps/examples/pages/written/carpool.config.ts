import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { childProtocol, defineConfig } from 'carpool';

/** The folder of the Python module. */
const python = dirname(createRequire(import.meta.url).resolve('carpool/child.py'));

export default defineConfig({
  pools: {
    sheet: { command: 'node', args: ['sheet.mjs'], protocol: childProtocol },
    model: { command: 'python3', args: ['model.py'], env: { PYTHONPATH: python }, protocol: childProtocol },
  },
});
