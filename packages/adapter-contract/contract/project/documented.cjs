// What AVA's documentation of shared workers says, a body for each statement. A body throws if its statement is false.
const { randomUUID } = require('node:crypto');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { registerSharedWorker } = require('carpool/ava-plugin');
const { note } = require('./bodies.cjs');

const file = pathToFileURL(join(__dirname, 'documented.worker.mjs'));
const supportedProtocols = ['ava-4'];
const options = { filename: file, initialData: { hello: 'world' }, supportedProtocols };
// Two files may end at the same time.
const by = randomUUID();
const ends = (event) => () => note('documented teardown', { event, by });
const worker = registerSharedWorker({ ...options, teardown: ends('first') });
const again = registerSharedWorker({ ...options, teardown: ends('second') });

/** By value, because a test may be in a realm of its own. */
function same(found, expected) {
  const [a, b] = [found, expected].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`found ${a}, expected ${b}`);
}

async function replyTo(data, to = worker) {
  for await (const reply of to.publish(data).replies()) return reply.data;
}

/** The next message for this test; the worker may talk with other tests at the same time. */
async function nextFor(mark, messages) {
  for (;;) {
    const { value } = await messages.next();
    if (value.data.for === mark) return value;
  }
}

async function registersOnce() {
  same(again === worker, true);
  const other = registerSharedWorker({ ...options, filename: new URL(`#${encodeURIComponent('another one')}`, file) });
  await other.available;
  const [mine, others] = [await replyTo({ type: 'who' }), await replyTo({ type: 'who' }, other)];
  same(mine.instance === others.instance, false);
}

async function knowsItsData() {
  const { initialData, protocol, id, file: of } = await replyTo({ type: 'who' });
  same([initialData, protocol, worker.protocol], [{ hello: 'world' }, 'ava-4', 'ava-4']);
  same([typeof id, of.startsWith('file:')], ['string', true]);
}

async function refusesProtocols() {
  let message = 'nothing was thrown';
  try {
    registerSharedWorker({ filename: file, supportedProtocols: ['ava-9'] });
  } catch (error) {
    message = error.message;
  }
  same([/does not support any of the desired shared worker protocols: ava-9/.test(message), message], [true, message]);
}

async function waitsForTheWorker() {
  const late = registerSharedWorker({ ...options, filename: new URL(`#${randomUUID()}`, file) });
  let message = 'nothing was thrown';
  try {
    late.publish('too early');
  } catch (error) {
    message = error.message;
  }
  same([late.currentlyAvailable, message], [false, 'Shared worker is not yet available']);
  same([await late.available], [undefined]);
  same([late.currentlyAvailable, typeof late.publish({ type: 'nothing' }).id], [true, 'string']);
}

async function numbersItsMessages() {
  const ids = [worker.publish({ type: 'nothing' }).id, worker.publish({ type: 'nothing' }).id];
  for await (const reply of worker.publish({ type: 'echo', value: 1 }).replies()) {
    ids.push(reply.id, reply.reply('thanks').id);
    break;
  }
  same(new Set(ids).size, 4);
  note('documented ids', { ids });
}

async function answersABroadcast() {
  const mark = randomUUID();
  const messages = worker.subscribe();
  const coming = nextFor(mark, messages);
  const answer = replyTo({ type: 'broadcast', mark });
  const message = await coming;
  message.reply('here');
  const { id, heard, same: known } = await answer;
  same([heard, known, id === message.id], ['here', true, true]);
  await messages.return();
}

async function isSpokenToAlone() {
  const mark = randomUUID();
  const messages = worker.subscribe();
  const coming = nextFor(mark, messages);
  const answer = replyTo({ type: 'direct', mark });
  (await coming).reply('it is me');
  same(await answer, 'it is me');
  await messages.return();
}

async function isListenedToAlone() {
  same(await replyTo({ type: 'listen' }), 'listening');
  same(await replyTo({ type: 'say', value: 7 }), { heard: 7, same: true });
}

async function canSubscribeBetweenTwo() {
  const mark = randomUUID();
  const first = worker.subscribe();
  const coming = nextFor(mark, first);
  worker.publish({ type: 'two', mark });
  same((await coming).data.number, 1);
  // Begun only now, and still in time for the second.
  same((await nextFor(mark, worker.subscribe())).data.number, 2);
}

async function tearsDownByHand() {
  same(await replyTo({ type: 'teardown' }), [0, 1, 1]);
}

async function carriesValues() {
  const value = new Map([['at', new Date(7)]]).set('large', 2n ** 70n).set('none', NaN);
  value.set('self', value).set('bytes', new Uint8Array([1, 2]));
  const back = await replyTo({ type: 'echo', value });
  same(
    [back instanceof Map, Number(back.get('at')), String(back.get('large')), Number.isNaN(back.get('none'))],
    [true, 7, String(2n ** 70n), true],
  );
  same([back.get('self') === back, [...back.get('bytes')]], [true, [1, 2]]);
}

module.exports = {
  answersABroadcast,
  canSubscribeBetweenTwo,
  carriesValues,
  isListenedToAlone,
  isSpokenToAlone,
  knowsItsData,
  numbersItsMessages,
  refusesProtocols,
  registersOnce,
  tearsDownByHand,
  waitsForTheWorker,
};
