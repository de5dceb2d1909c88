// A process with a pool of a server, which exits without closing it: node leaves-temp.mjs PROGRAM BASE
import { once } from 'node:events';
import { createPool, server } from '../../src/entry/index.ts';

const [program, tempBase] = process.argv.slice(2);
const args = [program, '--port', '{port}', '--bye', '{temp}/bye'];
const pool = createPool(server({ command: process.execPath, args, tempBase }));
await pool.register();
console.log('open');
await once(process.stdin, 'data');
process.exit(3);
