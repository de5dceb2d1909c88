// A shared worker as AVA's documentation writes them: it does what a test cannot do itself.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

export default async ({ negotiateProtocol }) => {
  const main = negotiateProtocol(['ava-4']);
  const instance = randomUUID();
  await pause(100);
  if (main.ready() !== main || main.ready() !== main) throw new Error('ready() returns what it is called on');
  for await (const message of main.subscribe()) void act(main, message, instance);
};

async function act(main, message, instance) {
  const { data, testWorker } = message;
  switch (data.type) {
    case 'who':
      message.reply({
        instance,
        initialData: main.initialData,
        protocol: main.protocol,
        id: testWorker.id,
        file: testWorker.file,
      });
      break;
    case 'echo':
      message.reply(data.value);
      break;
    case 'broadcast': {
      const { id, replies } = main.broadcast({ for: data.mark });
      for await (const reply of replies()) {
        message.reply({ id, heard: reply.data, same: reply.testWorker === testWorker });
        return;
      }
      break;
    }
    case 'direct': {
      const published = testWorker.publish({ for: data.mark });
      for await (const reply of published.replies()) {
        message.reply(reply.data);
        return;
      }
      break;
    }
    case 'listen': {
      // Messages of this test worker alone.
      const own = testWorker.subscribe();
      const next = own.next();
      message.reply('listening');
      const { value } = await next;
      await own.return();
      value.reply({ heard: value.data.value, same: value.testWorker === testWorker });
      break;
    }
    case 'two':
      testWorker.publish({ for: data.mark, number: 1 });
      testWorker.publish({ for: data.mark, number: 2 });
      break;
    case 'teardown': {
      let ran = 0;
      const teardown = testWorker.teardown(() => void (ran += 1));
      const before = ran;
      void teardown();
      const after = ran;
      void teardown();
      message.reply([before, after, ran]);
      break;
    }
  }
}
