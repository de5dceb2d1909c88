// Greets each test worker as it joins, and records who has joined and left.
import { nameOf, note } from './note.js';

export default async ({ negotiateProtocol }) => {
  for await (const testWorker of negotiateProtocol(['ava-4']).ready().testWorkers()) {
    const of = nameOf(testWorker.file);
    note({ event: 'joined', of });
    testWorker.teardown(() => note({ event: 'left', of }));
    testWorker.publish({ hello: of });
  }
};
