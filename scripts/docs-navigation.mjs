// Writes the navigation of the docs: previous and next at the end of each page, in the order of docs/README.md, and a
// table of contents on long pages. A test checks the pages.
//
//   node scripts/docs-navigation.mjs            writes it
//   node scripts/docs-navigation.mjs --check    names the pages that differ
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const docs = join(import.meta.dirname, '..', 'docs');
const longPage = 300;
// However many there are: a formatter may have wrapped one, and another one was written below it.
const navigation = /(?:\n---\n\n(?:Previous|Next): [^]*?\[All\s+pages\]\(README\.md\)\n)+$/;
const contents = /<!-- contents: begin -->\n\n[^]*?<!-- contents: end -->\n\n/;

const read = (file) => readFileSync(join(docs, file), 'utf8');

/** The pages in the order of the index; those in folders of docs have navigation of their own. */
const linked = [...read('README.md').matchAll(/^- \[([^\]]+)\]\(([^)]+)\)/gm)].map(([, title, file]) => ({
  title,
  file,
}));
const pages = linked.filter(({ file }) => !file.includes('/'));

/** The anchor of a heading on GitHub. */
const anchor = (title) =>
  title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

/** A page with its table of contents and its previous and next links replaced. */
export function withNavigation(file, text) {
  const place = pages.findIndex((page) => page.file === file);
  const bare = text.replace(navigation, '').replace(contents, '');
  const [previous, next] = [pages[place - 1], pages[place + 1]];
  const links = [
    ...(previous === undefined ? [] : [`Previous: [${previous.title}](${previous.file})`]),
    ...(next === undefined ? [] : [`Next: [${next.title}](${next.file})`]),
    '[All pages](README.md)',
  ];
  return `${withContents(bare).trimEnd()}\n\n---\n\n${links.join(' · ')}\n`;
}

function withContents(text) {
  if (text.split('\n').length < longPage) return text;
  const headings = [...text.replaceAll(/^```[^]*?^```$/gm, '').matchAll(/^## (.+)$/gm)].map(([, title]) => title);
  const list = headings.map((title) => `- [${title}](#${anchor(title)})`).join('\n');
  return text.replace('\n## ', `\n<!-- contents: begin -->\n\n${list}\n\n<!-- contents: end -->\n\n## `);
}

function main() {
  const files = readdirSync(docs).filter((file) => file.endsWith('.md') && file !== 'README.md');
  const missing = files.filter((file) => !pages.some((page) => page.file === file));
  for (const file of missing) console.log(`docs/${file} is not in docs/README.md`);
  const differing = pages.filter(({ file }) => read(file) !== withNavigation(file, read(file)));
  for (const { file } of differing) {
    if (process.argv.includes('--check')) console.log(`docs/${file} differs: run \`node scripts/docs-navigation.mjs\``);
    else writeFileSync(join(docs, file), withNavigation(file, read(file)));
  }
  if (missing.length > 0 || (process.argv.includes('--check') && differing.length > 0)) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
