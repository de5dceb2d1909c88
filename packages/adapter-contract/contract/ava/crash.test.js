import { registerSharedWorker } from 'ava/plugin';
import { note, worker } from './note.js';
import test from './test.js';

const shared = registerSharedWorker(worker('answers.js#crash'));

test('does not look when it crashes, and looks afterwards', async (t) => {
  const { value } = await shared.publish('crash soon').replies().next();
  t.is(typeof value.data, 'string');
  const gone = [];
  while (shared.currentlyAvailable) await new Promise((resolve) => setTimeout(resolve, 10));
  try {
    shared.publish('late');
  } catch (error) {
    gone.push(error.message);
  }
  await shared.subscribe().next().catch((error) => gone.push(error.message)); // prettier-ignore
  note({ event: 'gone', gone });
});
