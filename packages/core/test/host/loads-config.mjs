// Loads the config of a folder in a process of its own: `loads-config.mjs FOLDER`. Prints it, and whether a compiler was loaded.
import { createRequire } from 'node:module';
import { loadConfig } from '../../src/config/load.ts';

const { pools } = await loadConfig({ root: process.argv[2] });
const compiler = Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('jiti'));
console.log(JSON.stringify({ pools, compiler }));
