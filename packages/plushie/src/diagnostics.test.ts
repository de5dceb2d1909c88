import { Frame, jsonFormat } from 'carpool/protocol';
import { expect, test } from 'vitest';
import { diagnosticIn } from './diagnostics.ts';
import { fieldNames } from './gate.ts';

function found(message: object, ignored: readonly string[] = []): string | undefined {
  const frame = Frame.of(message, jsonFormat());
  const diagnostic = diagnosticIn(frame.fields(fieldNames), frame, ignored);
  return diagnostic && `${diagnostic.code}: ${diagnostic.message}`;
}

const theme = 'prop_unknown: window main has no prop "theme" (known: ["title"])';
const colour = 'prop_unknown: button more has no prop "colour" (known: ["label"])';
const validation = (...warnings: readonly string[]): object => ({
  type: 'event',
  family: 'prop_validation',
  session: 's1',
  id: '',
  value: { node_id: 'n', node_type: 't', warnings },
});

test('the theme of a window, which the renderer finds unknown and draws, is no fault', () => {
  expect(found(validation(theme))).toBeUndefined();
  expect(found(validation(theme, colour))).toBe(`prop_validation: ${colour}`);
});

test('what the options ignore is no fault either', () => {
  expect(found(validation(colour), ['button more has no prop "colour"'])).toBeUndefined();
  const font = {
    type: 'diagnostic',
    session: '',
    level: 'warn',
    diagnostic: { kind: 'font_family_not_found', family: 'X' },
  };
  expect(found(font)).toBe('font_family_not_found: warn (family: "X")');
  expect(found(font, ['font_family_not_found'])).toBeUndefined();
  expect(found({ type: 'query_response', session: 's1', id: 'q' })).toBeUndefined();
});
