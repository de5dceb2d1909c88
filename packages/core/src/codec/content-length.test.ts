import { describe, expect, test } from 'vitest';
import { contentLength } from './content-length.ts';
import { failure, plain, unframed, utf8 } from '../../test/support/codec.ts';

describe('a Content-Length header', () => {
  test('may have company, in any order and case', () => {
    const stream = utf8('content-type: application/vscode-jsonrpc; charset=utf-8\r\nCONTENT-LENGTH:2\r\n\r\n{}');
    expect(unframed(contentLength, [stream])).toEqual([plain(utf8('{}'))]);
  });

  test.each([
    ['missing', 'Content-Type: x\r\n\r\n{}'],
    ['twice', 'Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}'],
    ['negative', 'Content-Length: -2\r\n\r\n{}'],
    ['no number', 'Content-Length: 0x2\r\n\r\n{}'],
    ['behind a stray print', 'Starting up\nContent-Length: 2\r\n\r\n{}'],
    ['empty', '\r\n\r\n'],
    ['endless', 'x'.repeat(9000)],
  ])('that is %s is malformed, and shown', (_, text) => {
    const error = failure(() => unframed(contentLength, [utf8(text)]));
    expect(error.code).toBe('FRAME_MALFORMED');
    expect(text).toContain((error.evidence.stdout ?? '').split('\n… (')[0]);
  });
});
