import type { SharedWorker } from '../../../src/wire/shared-worker-types.ts';

const factory: SharedWorker.Factory = async ({ negotiateProtocol }) => {
  const main = negotiateProtocol<number>(['ava-4']).ready();
  for await (const message of main.subscribe()) message.reply(message.data * main.initialData);
};

export default factory;
