import type { SharedWorker } from 'carpool/shared-worker';

export default async ({ negotiateProtocol }: SharedWorker.FactoryOptions): Promise<void> => {
  const main = negotiateProtocol(['ava-4']).ready();
  let visitors = 0;
  for await (const message of main.subscribe()) message.reply(++visitors);
};
