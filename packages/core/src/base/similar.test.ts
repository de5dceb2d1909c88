// Names that were probably meant.
import { expect, test } from 'vitest';
import { didYouMean } from './similar.ts';

test.each([
  ['sned', ['send', 'expect'], 'send'],
  ['expcet', ['send', 'expect', 'version'], 'expect'],
  ['expects', ['send', 'expect'], 'expect'],
  ['Send', ['send', 'expect'], 'send'],
  ['comand', ['command', 'codec'], 'command'],
  ['clsoe', ['close', 'open', 'lost'], 'close'],
])('%s', (name, known, meant) => {
  expect(didYouMean(name, known)).toBe(`; did you mean "${meant}"?`);
});

test.each(['message', 'x', '', 'timeout'])('%s is like none', (name) => {
  expect(didYouMean(name, ['send', 'expect'])).toBe('');
});
