import { expect, test } from 'vitest';
import { describeRequest } from './request-label.ts';

const fields = ['method', 'params.textDocument.uri', 'params.command'];

test('a request is called by its `type`, unless its protocol names other fields', () => {
  expect(describeRequest({ type: 'query' })).toBe('"query"');
  expect(describeRequest({ method: 'query' })).toBe('the request');
  const hover = { method: 'textDocument/hover', params: { textDocument: { uri: 'file:///a.ts' }, position: {} } };
  expect(describeRequest(hover, fields)).toBe('"textDocument/hover" (file:///a.ts)');
  expect(describeRequest({ method: 'shutdown' }, fields)).toBe('"shutdown"');
  expect(describeRequest({ params: { command: 7 } }, fields)).toBe('the request (7)');
});

test('what is no text and no number is not shown, nor what is no field of the message, nor all of a long text', () => {
  expect(describeRequest({ type: { of: 'something' } })).toBe('the request');
  expect(describeRequest(undefined)).toBe('the request');
  expect(describeRequest({}, ['constructor.name'])).toBe('the request');
  expect(describeRequest({ type: 'x'.repeat(1_000) })).toBe(`"${'x'.repeat(160)}…"`);
});
