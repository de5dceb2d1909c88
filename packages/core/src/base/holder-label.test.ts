import { expect, test } from 'vitest';
import { callerLocation } from './holder-label.ts';

test('a place is the first frame of the user: neither Node’s, nor that of an adapter through which the call went', () => {
  const stack = [
    'Error',
    '    at new Promise (<anonymous>)',
    '    at RealmSession.request (/code/node_modules/@carpool/jest/dist/index.cjs:149:37)',
    '    at node:internal/process/task_queues:95:5',
    '    at Object.<anonymous> (file:///code/a.test.js:52:12)',
    '    at other (/code/b.js:1:1)',
  ].join('\n');
  expect(callerLocation({ stack })).toBe('/code/a.test.js:52:12');
  expect(callerLocation({ stack: 'Error\n    at node:internal/x:1:1' })).toBeUndefined();
});
