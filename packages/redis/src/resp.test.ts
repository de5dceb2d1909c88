import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeCommand, ErrorReply, ReplyReader, type Reply } from './resp.ts';

const all: readonly [wire: string, reply: Reply][] = [
  ['+OK\r\n', 'OK'],
  ['-NOPERM no\r\n', new ErrorReply('NOPERM no')],
  [':-3\r\n', -3],
  ['$5\r\na\r\nbö\r\n'.replace('$5', '$6'), 'a\r\nbö'],
  ['$0\r\n\r\n', ''],
  ['$-1\r\n', null],
  ['*-1\r\n', null],
  ['*0\r\n', []],
  ['*3\r\n:1\r\n*1\r\n$1\r\na\r\n-ERR x\r\n', [1, ['a'], new ErrorReply('ERR x')]],
];

test('every kind of reply, however it is cut', () => {
  const bytes = Buffer.from(all.map(([wire]) => wire).join(''));
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const reader = new ReplyReader();
      const read = places.slice(1).flatMap((place, index) => reader.push(bytes.subarray(places[index], place)));
      expect(read).toEqual(all.map(([, reply]) => reply));
    }),
  );
});

test('what is no reply is shown', () => {
  expect(() => new ReplyReader().push(Buffer.from('HTTP/1.1 400 Bad Request\r\n'))).toThrow(
    'it is no reply of Redis: "HTTP/1.1 400 Bad Request"',
  );
});

test('a command is its texts, with their length in bytes', () => {
  expect(encodeCommand(['SET', 'ö', ''])).toBe('*3\r\n$3\r\nSET\r\n$2\r\nö\r\n$0\r\n\r\n');
});
