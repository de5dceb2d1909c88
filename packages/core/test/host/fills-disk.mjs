// Servers whose temporary folder is on a full disk: node fills-disk.mjs PROGRAM FULL SMALL. Prints what became of each.
import { existsSync, readdirSync } from 'node:fs';
import { createPool, server } from '../../src/entry/index.ts';

const [program, full, small] = process.argv.slice(2);
const flags = ['--port', '{port}', '--fill', '{temp}/data'];

async function tried(tempBase) {
  await using pool = createPool(server({ command: process.execPath, args: [program, ...flags], tempBase }));
  try {
    const { opened } = await pool.register();
    return { url: opened.url };
  } catch ({ code, message, evidence }) {
    return { code, message, evidence };
  }
}

const results = [await tried(full), await tried(small), await tried([full, process.env.TMPDIR])];
const left = [full, small, process.env.TMPDIR].filter(existsSync).flatMap((folder) => readdirSync(folder));
console.log(JSON.stringify({ results, left }));
