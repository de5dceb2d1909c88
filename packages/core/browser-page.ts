/** A page as one file of HTML, with its script and its style in it. A plugin of the build. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rolldown } from 'tsdown';

export interface BrowserPage {
  /** With `page.html` and `page.css`, from the folder of this file. */
  readonly folder: string;
  readonly fileName: string;
  /** Further directives of its content security policy: without them it loads nothing. */
  readonly policy: readonly string[];
  /** A package whose code is in the script. */
  readonly licensed?: string;
}

/** Takes the place of the script that was built. The page runs this script and has this style. */
export function browserPage(page: BrowserPage): Rolldown.Plugin {
  return {
    name: 'browser-page',
    generateBundle(_, bundle) {
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type !== 'chunk') continue;
        delete bundle[name];
        this.emitFile({ type: 'asset', fileName: page.fileName, source: pageOf(file.code.trim(), page) });
      }
    },
  };
}

function pageOf(script: string, { folder: within, policy: more, licensed }: BrowserPage): string {
  const folder = join(import.meta.dirname, within);
  if (/<\/script|<!--/i.test(script)) throw new Error('The script of the page has a text that would end it');
  const style = readFileSync(join(folder, 'page.css'), 'utf8').replaceAll(/\s*\n\s*/g, '\n');
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    ...more,
  ].join('; ');
  const parts: readonly (readonly [string, string])[] = [
    ['@policy@', policy],
    ...(licensed === undefined ? [] : [['@licenses@', licenseOf(licensed)] as const]),
    ['<style></style>', `<style>${style}</style>`],
    ['<script></script>', `<script>${script}</script>`],
  ];
  return parts.reduce(
    (page, [place, part]) => filled(page, place, part),
    readFileSync(join(folder, 'page.html'), 'utf8'),
  );
}

function filled(page: string, place: string, part: string): string {
  const [before, after, ...more] = page.split(place);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`page.html has to have ${place} once`);
  return before + part + after;
}

function licenseOf(name: string): string {
  const folder = join(import.meta.dirname, 'node_modules', name);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version: string };
  return `${name === 'uplot' ? 'uPlot' : name} ${version}\n${readFileSync(join(folder, 'LICENSE'), 'utf8').trim()}`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
