import { expect, test } from 'vitest';
import { parsePsLine, parseRollup, total } from './usage.ts';

test('/proc/pid/smaps_rollup: shared pages in part, and what of them is in files', () => {
  const text = `55b8-7ffd ---p 00000000 00:00 0    [rollup]\nRss:  61844 kB\nPss:  50584 kB\nPss_Anon:  30112 kB\nPss_File:  20472 kB\n`;
  expect(parseRollup(text)).toEqual({ total: 50_584 * 1024, files: 20_472 * 1024 });
  expect(parseRollup('')).toBeUndefined();
});

test('a line of ps: a group, KiB, and time in any of its forms', () => {
  const memory = { total: 20_480 * 1024, files: 0 };
  expect(parsePsLine('  501  20480   0:00.12', 501)).toEqual({ cpu: 120, memory });
  expect(parsePsLine('  501  20480   1:02:03.50', 501)).toEqual({ cpu: 3_723_500, memory });
  expect(parsePsLine('  501  20480   2-00:00:01', 501)).toEqual({ cpu: 172_801_000, memory });
  expect(parsePsLine('  502  20480   0:00.12', 501)).toBeUndefined();
  expect(parsePsLine('', 501)).toBeUndefined();
});

test('a group is the sum of its members; what one does not show is not known of the group', () => {
  const one = { cpu: 10, memory: { total: 3, files: 1 } };
  expect(total([one, one])).toEqual({ cpu: 20, memory: { total: 6, files: 2 } });
  expect(total([one, { cpu: undefined, memory: one.memory }])).toEqual({
    cpu: undefined,
    memory: { total: 6, files: 2 },
  });
  expect(total([])).toEqual({ cpu: undefined, memory: undefined });
});
