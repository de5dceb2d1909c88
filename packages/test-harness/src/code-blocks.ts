/** The code in a Markdown page of this repository. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

export interface CodeBlock {
  /** `ts`, `js`, `hex`. */
  readonly language: string;
  /** The name of its file, from `title="…"`. */
  readonly title: string | undefined;
  readonly code: string;
}

/**
 * All fenced blocks of a page, in their order.
 *
 * @param page - from the root of the repository: `docs/wire.md`
 */
export function codeBlocks(page: string): CodeBlock[] {
  const blocks = readFileSync(join(root, page), 'utf8').matchAll(/^```(\w*)(?: title="([^"]+)")?.*\n([^]*?)^```$/gm);
  return Array.from(blocks, ([, language = '', title, code = '']) => ({ language, title, code }));
}

/** The blocks of a page that have a title, as files: name → text. */
export function codeFiles(page: string): Map<string, string> {
  return new Map(codeBlocks(page).flatMap(({ title, code }) => (title === undefined ? [] : [[title, code]])));
}
