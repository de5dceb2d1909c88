// Holds something outside of the thread, which its teardown releases: a line in a file says that it has.
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

export default async ({ negotiateProtocol }) => {
  const main = negotiateProtocol(['ava-4']);
  const { file, how } = main.initialData;
  const note = (line) => appendFileSync(file, `${line}\n`);
  main.teardown(() => note('released'));
  note('held');
  if (how === 'is never ready') return;
  main.ready();
  for await (const { testWorker } of main.subscribe()) {
    switch (how) {
      case 'throws':
        setImmediate(() => {
          throw Object.create(null);
        });
        break;
      case 'exits':
        process.exit(3);
        break;
      case 'throws in the teardown of a test worker':
        testWorker.teardown(() => {
          throw new Error('cannot tear it down');
        });
        testWorker.publish('added');
        break;
      case 'has another teardown that hangs':
        main.teardown(() => new Promise(() => {}));
        testWorker.publish('added');
        break;
      case 'is in a native call':
        testWorker.publish('from now on');
        setImmediate(() => execFileSync('sleep', ['60']));
        break;
      case 'posts what only Carpool may':
        for (const type of ['fatal', 'stopped', 'members', 'files']) parentPort.postMessage({ type });
        testWorker.publish(Object.keys(workerData));
        break;
    }
  }
};
