/** The program of the shared worker in the rows: it answers with what it is sent. AVA and Carpool load this same file. */
import type { SharedWorker } from 'ava/plugin';

interface Data {
  readonly type: 'echo' | 'hold' | 'release' | 'call' | 'called';
}

const echo = async ({ negotiateProtocol }: SharedWorker.FactoryOptions): Promise<void> => {
  const protocol = negotiateProtocol<Data>(['ava-4']).ready();
  for await (const message of protocol.subscribe()) {
    if (message.data.type === 'hold') void hold(message);
    else if (message.data.type === 'call') message.testWorker.publish({ type: 'called' });
    else message.reply(message.data);
  }
};
export default echo;

/** Waits for the answer to its reply, then replies once more. */
async function hold(message: SharedWorker.ReceivedMessage<Data>): Promise<void> {
  for await (const _ of message.reply(message.data).replies()) {
    message.reply({ type: 'release' });
    return;
  }
}
