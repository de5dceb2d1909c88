// What a hook begins may outlive it, and then waits on no clock.
const { createServer } = require('node:http');
const { setTimeout: delay } = require('node:timers/promises');
const { lock } = require('carpool/coordination');

const short = 1_000;

const server = createServer((_, response) => {
  const released = async (lease) => {
    await lease.release();
    response.end('released');
  };
  lock('of a server')
    .acquire()
    .then(released, (thrown) => response.end(String(thrown)));
});

beforeAll((done) => {
  server.listen(0, '127.0.0.1', done);
}, short);
afterAll(() => void server.close());

test('a server that a hook has started waits as long as it may', async () => {
  // The time of the hook is over.
  await delay(short + 200);
  const other = await lock('of a server').acquire();
  const answer = fetch(`http://127.0.0.1:${server.address().port}`).then((response) => response.text());
  // Longer than the least that a wait may take.
  await delay(200);
  await other.release();
  expect(await answer).toBe('released');
});
