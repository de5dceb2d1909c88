/** Makes pages that read well of what the plugin for Markdown writes: less noise, a table of contents, an index. */
import { readFileSync } from 'node:fs';
import { correctLinks, slugger } from './links.ts';
import { pageName } from './router.ts';
import type { Entry } from './entries.ts';

const generated = '<!-- Generated from the doc comments by `pnpm reference`. -->';

/** What a heading says that the signature above it, or the editor, says as well. */
const noise = new Set(['Extended by', 'Inherited from', 'Overrides', 'Implementation of']);

interface Section {
  readonly level: number;
  readonly title: string;
  readonly body: string;
}

/** All pages by file name. */
export function finish(pages: ReadonlyMap<string, string>, entries: readonly Entry[]): Map<string, string> {
  const about = new Map(entries.map((entry) => [`${pageName(entry.name)}.md`, headerOf(entry)]));
  const finished = new Map<string, string>([['README.md', index(entries)]]);
  for (const [file, text] of pages) {
    if (file !== 'README.md') finished.set(file, page(text, about.get(file)));
  }
  return new Map([...finished].map(([file, text]) => [file, correctLinks(file, text, finished)]));
}

/** The first paragraph of the comment at the head of an entry, without the name of the entry and without line breaks. */
export function headerOf({ source }: Entry): string {
  const [, comment = ''] = /^\/\*\*([^]*?)\*\//.exec(readFileSync(source, 'utf8')) ?? [];
  return firstParagraph(comment.replaceAll(/^\s*\* ?/gm, ''));
}

export function firstParagraph(comment: string): string {
  const [paragraph = ''] = comment.trim().split(/\n\s*\n|\n {2,}/);
  const text = paragraph.replaceAll(/\s+/g, ' ').replace(/^`[^`]+`: /, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function index(entries: readonly Entry[]): string {
  const rows = entries.map((entry) => {
    const [sentence = ''] = headerOf(entry).split(/(?<=\.) /);
    return `| [\`${entry.name}\`](${pageName(entry.name)}.md) | ${sentence} |`;
  });
  return `${[
    generated,
    '# Reference',
    'Everything that can be imported, by the entry it is imported from. The [guides](../README.md) say how it is used.',
    ['| entry | what it has |', '| --- | --- |', ...rows].join('\n'),
  ].join('\n\n')}\n`;
}

function page(text: string, about: string | undefined): string {
  const [title, ...sections] = sectionsOf(text);
  const kept = withoutNoise(sections).map((section) => ({ ...section, body: withoutEmptyDefaults(section.body) }));
  return `${[
    generated,
    `# ${title?.title ?? ''}`,
    `[Reference](README.md)`,
    about ?? '',
    contents(kept),
    ...kept.map(({ level, title: heading, body }) => `${'#'.repeat(level)} ${heading}\n\n${body}`.trim()),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

/** The plugin writes `undefined` where an option has no default. */
function withoutEmptyDefaults(body: string): string {
  if (!body.includes('| Default value |')) return body;
  const place = body.slice(0, body.indexOf('| Default value |')).split('|').length;
  return body
    .split('\n')
    .map((line) => {
      const cells = line.split(/(?<!\\)\|/);
      if (cells[place]?.trim() === '`undefined`') cells[place] = ' ';
      return cells.join('|');
    })
    .join('\n')
    .replace('| Default value |', '| Default |');
}

/** A page cut at its headings. A `#` in a block of code is none. */
function sectionsOf(text: string): Section[] {
  const sections: { level: number; title: string; lines: string[] }[] = [];
  let code = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) code = !code;
    const [, marks, title] = (code ? undefined : /^(#{1,6}) (.+)$/.exec(line)) ?? [];
    if (marks !== undefined && title !== undefined) sections.push({ level: marks.length, title, lines: [] });
    // The rules between members say no more than their headings.
    else if (line !== '***') sections.at(-1)?.lines.push(line.trimEnd());
  }
  return sections.map(({ level, title, lines }) => ({ level, title, body: lines.join('\n').trim() }));
}

function withoutNoise(sections: readonly Section[]): Section[] {
  const kept: Section[] = [];
  let group = '';
  for (const section of sections) {
    const { level, title } = section;
    if (level === 2) group = title;
    const before = kept.at(-1);
    const appended = appendix(section, group);
    if (appended === undefined) kept.push(section);
    else if (before !== undefined && appended !== '') {
      kept[kept.length - 1] = { ...before, body: `${before.body}\n\n${appended}`.trim() };
    }
  }
  return kept;
}

/** What is left of a section without a heading of its own; undefined if it stays a section. */
function appendix({ level, title, body }: Section, group: string): string | undefined {
  if (noise.has(title)) return '';
  switch (title) {
    case 'Get Signature':
      return body;
    case 'Throws':
      return `**Throws** ${body}`;
    case 'Default Value':
      return `**Default** ${body}`;
    case 'Returns': {
      // The first paragraph is the type, which the signature has.
      const [, ...comment] = body.split('\n\n');
      return comment.length === 0 ? '' : `**Returns** ${comment.join('\n\n')}`;
    }
    case 'Parameters':
      return body.startsWith('| Parameter | Type |\n') ? '' : body;
    case 'Type Parameters':
      return group === 'Functions' || group === 'Type Aliases' || level > 4 ? '' : undefined;
    default:
      return group === 'References' && level === 3 ? reference(title, body) : undefined;
  }
}

function reference(title: string, body: string): string {
  const link = /\[[^\]]*\]\([^)]*\)/.exec(body)?.[0] ?? title;
  return body.startsWith('Renames') ? `- \`${title}\` is ${link}` : `- ${link}`;
}

/** The groups of a page with what is in them. */
function contents(sections: readonly Section[]): string {
  const slug = slugger();
  const groups: string[][] = [];
  for (const { level, title } of sections) {
    const anchor = slug(title);
    const link = `[${title}](#${anchor})`;
    if (level === 2) groups.push([link]);
    if (level === 3) groups.at(-1)?.push(link);
  }
  return groups
    .map(([group = '', ...members]) => `- ${group}${members.length === 0 ? '' : `: ${members.join(', ')}`}`)
    .join('\n');
}
