import { registerSharedWorker } from 'ava/plugin';
import { nameOf, note, worker } from './note.js';
import test from './test.js';

const shared = registerSharedWorker({
  ...worker('answers.js#teardown'),
  teardown: () => note({ event: 'torn down', of: 'b' }),
});

test('has a teardown of its own (b)', async (t) => {
  const { value } = await shared.publish('who').replies().next();
  t.is(nameOf(value.data), 'teardown-b');
});
