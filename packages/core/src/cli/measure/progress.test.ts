import { expect, test } from 'vitest';
import { Progress } from './progress.ts';

function shown(isTTY: boolean | undefined): string {
  let written = '';
  {
    using progress = new Progress({ isTTY, write: (text) => (written += text) });
    progress.show('start 1 of 5');
    progress.show('start 2 of 5');
  }
  return written;
}

test('on a terminal each line replaces the one before, and the last is cleared', () => {
  const clear = '\r\u001B[2K';
  expect(shown(true)).toBe(`${clear}measuring: start 1 of 5 …${clear}measuring: start 2 of 5 …${clear}`);
});

test('elsewhere nothing is written', () => {
  expect(shown(false) + shown(undefined)).toBe('');
});
