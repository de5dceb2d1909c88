import { registerSharedWorker } from 'ava/plugin';
import { worker } from './note.js';
import test from './test.js';

const shared = registerSharedWorker(worker('greets.js'));

test('is greeted (b)', async (t) => {
  for await (const { data } of shared.subscribe()) {
    t.is(data.hello, 'greeted-b');
    return;
  }
});
