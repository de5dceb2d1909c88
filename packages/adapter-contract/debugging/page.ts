/** docs/debugging.md, with the outputs of the runners in their places. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failures } from './failures.ts';
import type { Excerpts } from './output.ts';

export const page: string = join(import.meta.dirname, '../../../docs/debugging.md');

/** The first one is shown whole, the others are folded. */
export function pageWith(shown: readonly { readonly runner: string; readonly excerpts: Excerpts }[]): string {
  return failures.reduce(
    (text, { name }) => {
      const outputs = shown.map(({ runner, excerpts }) => ({ runner, output: excerpts[name] ?? '' }));
      return placed(text, name, outputs);
    },
    readFileSync(page, 'utf8'),
  );
}

function placed(
  text: string,
  name: string,
  [first, ...others]: readonly { readonly runner: string; readonly output: string }[],
): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for the output: ${begin} … ${end}`);
  const folded = others.map(
    ({ runner, output }) => `<details>\n<summary>${runner}</summary>\n\n${block(output)}\n\n</details>`,
  );
  return [text.slice(0, from) + begin, block(first?.output ?? ''), ...folded, end + text.slice(to + end.length)].join(
    '\n\n',
  );
}

function block(output: string): string {
  return `\`\`\`text\n${output}\n\`\`\``;
}
