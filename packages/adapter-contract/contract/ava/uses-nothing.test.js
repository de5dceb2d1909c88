import test from './test.js';

test('uses no shared worker', (t) => t.is(1, 1));
