import { afterEach, expect, test } from 'vitest';
import { useEvidence } from '../base/evidence-option.ts';
import { Frame } from '../codec/frame.ts';
import { json } from '../codec/json.ts';
import { Recent } from './recent.ts';

afterEach(() => useEvidence(undefined));

test('as much of a message as says which it is, or all of it', () => {
  const text = 'a long text '.repeat(40);
  const list = Array.from({ length: 30 }, (_, at) => at);
  const message = { type: 'x', text, list, deep: { a: { b: { c: { d: { e: 1 } } } } }, password: text };
  const frame = Frame.encoded(Frame.of(message, json).bytes, json);
  const recent = new Recent();
  recent.add('in', frame, frame.bytes.length);
  const [short = ''] = recent.describe();
  expect(short.length).toBeLessThan(210);
  const inSentence = recent.lastReceived();
  useEvidence('whole');
  const [all] = recent.describe();
  const shown = `text: ${JSON.stringify(text)}, list: [${list.join(', ')}], deep: {a: {b: {c: {d: {e: 1}}}}}`;
  expect(all).toBe(`← {type: "x", ${shown}, password: [redacted]}`);
  expect(recent.lastReceived()).toBe(inSentence);
});
