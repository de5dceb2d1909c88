/** The documents lead to each other: an index, previous and next, tables of contents, and links that are not broken. */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../../..');
const documents = globSync(
  ['*.md', 'docs/*.md', 'docs/reference/*.md', 'packages/*/*.md', 'apps/*/*.md', 'bench/*.md'],
  {
    cwd: root,
  },
);
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The anchors of a page as GitHub makes them. */
function anchorsOf(path: string): Set<string> {
  const text = withoutCode(read(path));
  const anchors = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
  const used = new Map<string, number>();
  for (const [, title = ''] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const count = used.get(plain) ?? 0;
    used.set(plain, count + 1);
    anchors.push(count === 0 ? plain : `${plain}-${count}`);
  }
  return new Set(anchors);
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```[^]*?^```$/gm, '');
}

test('every page is in the index and leads to the previous and the next one, long ones have a table of contents', () => {
  const script = join(root, 'scripts/docs-navigation.mjs');
  expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toBe('');
});

test('there are documents to check', () => {
  expect(documents.length).toBeGreaterThan(20);
});

test.for(documents)('%s has no broken link', (document) => {
  const links = [...withoutCode(read(document)).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
  const broken = links.flatMap(([link, path = '', anchor]) => {
    const target = path === '' ? document : relative(root, resolve(root, dirname(document), path));
    if (!existsSync(join(root, target))) return [link];
    return anchor === undefined || anchorsOf(target).has(anchor) ? [] : [link];
  });
  expect(broken).toEqual([]);
});

/** The first items of numbered lists that are none: of one item, or that begin with another number than 1. */
function strayItems(text: string): string[] {
  const lists: { readonly indent: number; readonly items: string[] }[] = [];
  const open: typeof lists = [];
  for (const line of withoutCode(text).split('\n')) {
    if (line.trim() === '') continue;
    const indent = line.search(/\S/);
    const isItem = /^ *\d+\. /.test(line);
    while ((open.at(-1)?.indent ?? -1) >= indent + (isItem ? 1 : 0)) open.pop();
    if (!isItem) continue;
    let list = open.at(-1);
    if (list?.indent !== indent) {
      list = { indent, items: [] };
      lists.push(list);
      open.push(list);
    }
    list.items.push(line.trim());
  }
  return lists.flatMap(({ items }) => {
    const [first = ''] = items;
    return items.length === 1 || !first.startsWith('1. ') ? [first] : [];
  });
}

test.for(documents)('%s has no line that was to go on and became a list', (document) => {
  // Where a line of text begins with "1." or "3.", by chance.
  expect(strayItems(read(document))).toEqual([]);
});

test('a line of text that begins with a number is seen, and a list is none', () => {
  expect(strayItems('It was version\n1. That is old.\n\nText.')).toEqual(['1. That is old.']);
  expect(strayItems('It has taken\n\n3. Then\n4. there\n\n1. and one\n')).toEqual(['3. Then']);
  expect(strayItems('It has taken\n\n3. Then\n\nand at\n\n1. there')).toEqual(['3. Then', '1. there']);
  const list = 'So:\n\n1. one\n   goes on\n\n   1. in it\n   2. again\n\n2. two\n\n```\n1. code\n```\n\nText: 3. 4.\n';
  expect(strayItems(list)).toEqual([]);
});
