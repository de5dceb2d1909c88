import fc from 'fast-check';
import { expect, test } from 'vitest';
import { embeddedJson } from './page-data.ts';

test('every text is itself again, and none ends a script, begins a comment or a line', () => {
  const hostile = fc.constantFrom('</script>', '<!--', '<script>', ']]>', '\u2028', '\u2029', '&lt;', '\0', '"', '\\');
  const text = fc.array(fc.oneof(hostile, fc.string())).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (given) => {
      const written = embeddedJson({ given });
      expect(JSON.parse(written)).toEqual({ given });
      expect(written).not.toMatch(/[<>&\u2028\u2029]/);
    }),
  );
});
