import { registerSharedWorker } from 'ava/plugin';
import { worker } from './note.js';
import test from './test.js';

const shared = registerSharedWorker(worker('answers.js#from the top'));
const first = shared.subscribe().next();

test('reads from the top of its file (a)', async (t) => {
  shared.publish('burst');
  const { done, value } = await first;
  t.is(done, false);
  t.is(value.data, 'first');
});
