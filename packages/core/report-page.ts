/** The page of `carpool report --html` as one file, in which the command puts the data of a run. A plugin of the build. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rolldown } from 'tsdown';

const folder = join(import.meta.dirname, 'src/report/page');

/** Takes the place of the script that was built. The page runs this script and has this style, and loads nothing. */
export function reportPage(): Rolldown.Plugin {
  return {
    name: 'report-page',
    generateBundle(_, bundle) {
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type !== 'chunk') continue;
        delete bundle[name];
        this.emitFile({ type: 'asset', fileName: 'report-page.html', source: pageOf(file.code.trim()) });
      }
    },
  };
}

function pageOf(script: string): string {
  if (/<\/script|<!--/i.test(script)) throw new Error('The script of the page has a text that would end it');
  const style = readFileSync(join(folder, 'page.css'), 'utf8').replaceAll(/\s*\n\s*/g, '\n');
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const parts: readonly (readonly [string, string])[] = [
    ['@policy@', policy],
    ['@licenses@', licenses()],
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

/** Of what is in the script. */
function licenses(): string {
  const uplot = join(import.meta.dirname, 'node_modules/uplot');
  const { version } = JSON.parse(readFileSync(join(uplot, 'package.json'), 'utf8')) as { readonly version: string };
  return `uPlot ${version}\n${readFileSync(join(uplot, 'LICENSE'), 'utf8').trim()}`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
