// The shared worker of all runners: it knows its test workers, counts, talks, and records when each one leaves.
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';

const log = fileURLToPath(new URL('log.jsonl', import.meta.url));
const note = (seen) => appendFileSync(log, `${JSON.stringify({ file: 'shared worker', ...seen })}\n`);

export default async ({ negotiateProtocol }) => {
  const protocol = negotiateProtocol(['ava-4']);
  const id = randomUUID();
  let counted = 0;
  protocol.teardown(() => note({ id, event: 'ends', counted }));
  // Registrations wait for this.
  await pause(300);
  protocol.ready();
  void greet(protocol, id);
  for await (const message of protocol.subscribe()) {
    const { data, testWorker } = message;
    if (data.type === 'count') counted += 1;
    if (data.type === 'who')
      message.reply({ id, counted, greeting: protocol.initialData, testWorker: testWorker.id, file: testWorker.file });
    if (data.type === 'shout') protocol.broadcast({ heard: data.words });
    if (data.type === 'knock') void talk(message);
    if (data.type === 'silence') continue;
  }
};

async function greet(protocol, id) {
  for await (const testWorker of protocol.testWorkers()) {
    note({ id, event: 'joins', testWorker: testWorker.id, of: testWorker.file });
    testWorker.teardown(async () => {
      await pause(20);
      note({ id, event: 'left', testWorker: testWorker.id, of: testWorker.file });
    });
  }
}

/** Question and answer, back and forth. */
async function talk(message) {
  for await (const answer of message.reply('who is there?').replies()) {
    answer.reply(`${answer.data} who?`);
    return;
  }
}
