import { expect, test } from 'vitest';
import { withoutInspector } from './node-options.ts';

test('every form of a debugger is left out, and nothing else', () => {
  expect(withoutInspector('--inspect-brk=127.0.0.1:0 --max-old-space-size=512 --inspect')).toBe(
    '--max-old-space-size=512',
  );
  expect(withoutInspector('--enable-source-maps')).toBe('--enable-source-maps');
  expect(withoutInspector(undefined)).toBeUndefined();
});
