const { appendFileSync, readdirSync, readlinkSync } = require('node:fs');
const { join } = require('node:path');
const { isMainThread } = require('node:worker_threads');
const { withPools } = require('@carpool/jest');

const test = withPools();

test('a worker has one connection for all its files', async ({ echo }) => {
  await echo.request({ type: 'get' });
  // Compared from outside: in one worker the number must not grow. Threads share their descriptors.
  const sockets = readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith('socket:')).length;
  if (isMainThread) appendFileSync(join(__dirname, 'sockets.txt'), `${process.pid} ${sockets}\n`);
});

function linkOf(fd) {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return 'closed';
  }
}
