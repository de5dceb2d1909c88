/**
 * `pnpm interop:plushie -- --checkout DIR`: the tests of plushie-typescript on its own pool, on Carpool's in the test
 * process, and on Carpool's through the host, side by side. The checkout stays as it is.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutOf } from './arguments.ts';
import { interop } from './interop.ts';

let checkout: string;
let renderer: string;
try {
  // pnpm runs the script in its own folder, and says where it was called.
  checkout = checkoutOf(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd());
  renderer = process.env['PLUSHIE_BINARY_PATH'] ?? '';
  if (renderer === '') throw new Error('PLUSHIE_BINARY_PATH is not set: it is the path of plushie-renderer');
} catch (thrown) {
  console.error((thrown as Error).message);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'carpool-interop-'));
try {
  process.exitCode = (await interop({ checkout, renderer, folder })) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
