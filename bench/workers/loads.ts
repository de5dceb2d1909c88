/**
 * A process that loads of Carpool what a test file with a session loads, and prints how many milliseconds that took.
 *
 *   node loads.ts modules      as an ES module, in the process of a test file
 *   node loads.ts commonjs     as CommonJS, in the realm of a test file of Jest
 */
import { createRequire } from 'node:module';

const [, , kind] = process.argv;
// As a set-up file does.
const { useCompileCache } = await import('carpool/adapter/current-test');
useCompileCache();
const require = createRequire(import.meta.url);
const began = performance.now();
if (kind === 'commonjs') require('carpool/adapter/realm');
else await import('carpool/adapter/test-process');
process.stdout.write(String(performance.now() - began));
