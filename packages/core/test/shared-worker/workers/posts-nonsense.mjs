// Posts nonsense on the host's port, then echoes every message.
import { parentPort } from 'node:worker_threads';

export default async ({ negotiateProtocol }) => {
  const main = negotiateProtocol(['ava-4']);
  for (const nonsense of [
    null,
    7,
    'ready',
    {},
    { type: 'files', files: ['http://elsewhere/x'] },
    { type: 'nothing' },
  ]) {
    parentPort.postMessage(nonsense);
  }
  main.ready();
  for await (const message of main.subscribe()) message.reply(message.data);
};
