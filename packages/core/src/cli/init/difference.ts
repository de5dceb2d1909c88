/** Changes of files, as a unified diff that `git apply` takes. */
import { styleText } from 'node:util';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { printable } from '../../base/printable.ts';
import type { Change } from './plan.ts';

/** One text for all of them. */
export function difference(changes: readonly Change[]): string {
  return changes
    .map(({ file, before, after }) =>
      createTwoFilesPatch(
        before === undefined ? '/dev/null' : `a/${file}`,
        `b/${file}`,
        before ?? '',
        after,
        undefined,
        undefined,
        { context: 3, headerOptions: FILE_HEADERS_ONLY },
      ),
    )
    .join('');
}

type Style = Parameters<typeof styleText>[0];

function styleOf(line: string): Style | undefined {
  if (/^(?:---|\+\+\+) /.test(line)) return 'bold';
  if (line.startsWith('@@')) return 'cyan';
  if (line.startsWith('+')) return 'green';
  return line.startsWith('-') ? 'red' : undefined;
}

/** In colours where the stream shows them, which NO_COLOR forbids. In a terminal nothing of a file moves the cursor. */
export function shown(text: string, stream: NodeJS.WriteStream): string {
  if (!stream.isTTY) return text;
  return text
    .split('\n')
    .map((line) => {
      const style = styleOf(line);
      const plain = line.replace(/\r$/, '').split('\t').map(printable).join('\t');
      return style === undefined ? plain : styleText(style, plain, { stream });
    })
    .join('\n');
}
