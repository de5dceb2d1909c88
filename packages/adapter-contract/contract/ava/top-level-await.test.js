import { registerSharedWorker } from 'ava/plugin';
import { nameOf, worker } from './note.js';
import test from './test.js';

const shared = registerSharedWorker(worker('answers.js#top level'));
await shared.available;

test('has awaited it at the top level', async (t) => {
  const { value } = await shared.publish('who').replies().next();
  t.is(nameOf(value.data), 'top-level-await');
});
