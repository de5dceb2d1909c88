import { SharedContext } from '@ava/cooperate';
import test from './test.js';

const lock = new SharedContext('contract').createLock('lock');

test('takes a lock, and leaves a wish for it open', async (t) => {
  const release = await lock.acquire();
  void lock.acquire();
  t.is(typeof release, 'function');
});
