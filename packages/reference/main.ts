/**
 * Writes docs/reference from the doc comments of everything that can be imported.
 *
 *   node main.ts           writes the pages
 *   node main.ts --check   fails if a page is out of date, or if a doc comment is missing
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { convert } from './convert.ts';
import { publicEntries } from './entries.ts';
import { brokenLinks } from './links.ts';
import { finish } from './pages.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'docs/reference');
const check = process.argv.includes('--check');

const entries = await publicEntries(root);
const { pages: written, problems } = await convert(entries);
const pages = finish(written, entries);
const faults = [...problems, ...brokenLinks(pages)];

if (check) faults.push(...outOfDate());
else write();
for (const fault of faults) console.error(fault);
console.log(`${pages.size} pages, ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`);
if (check && faults.length > 0) process.exitCode = 1;

function write(): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of pages) writeFileSync(join(folder, file), text);
}

function outOfDate(): string[] {
  const present = new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
  const names = new Set([...present.keys(), ...pages.keys()]);
  return [...names]
    .filter((file) => present.get(file) !== pages.get(file))
    .map((file) => `docs/reference/${file} is out of date: run \`pnpm reference\``);
}
