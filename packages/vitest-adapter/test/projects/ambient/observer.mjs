// Stands in for a module like `carpool/shared-worker`, which a worker evaluates once for all its files: it registers with
// what is around the tests, and writes down what it sees.
import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';

const slot = globalThis[Symbol.for('carpool.ambient')];
const started = performance.timeOrigin;

export const ambient = () => globalThis[Symbol.for('carpool.ambient')].ambient;

export function note(event, more = {}) {
  const worker = `${process.pid} ${threadId} ${started}`;
  appendFileSync('seen.jsonl', `${JSON.stringify({ event, worker, ...more })}\n`);
}

/** Where a call comes from. */
export function look(event) {
  const { file } = ambient();
  let test;
  try {
    test = ambient().test()?.path.join(' > ') ?? 'none';
  } catch (error) {
    test = `${error.code}: ${error.message}`;
  }
  note(event, { file: file.path[0], test });
  return test;
}

function join(file) {
  const [path] = file.path;
  note('joins', { file: path });
  const { ready, end } = file;
  file.ready = async () => {
    await ready.call(file);
    // Longer than a test may take.
    await pause(1_200);
    note('ready', { file: path });
    if (path.includes('refused')) throw new Error('The worker is not ready');
  };
  file.end = async () => {
    note('ends', { file: path });
    await pause(100);
    await end.call(file);
    note('ended', { file: path });
  };
  if (path.includes('untidy')) Object.defineProperty(file, 'failures', { value: [new Error('left untidy')] });
  file.evidence = async () => [{ pool: 'a shared worker', session: 'w1', stderr: 'it said something odd' }];
}

slot.registrations.add({ join });
if (slot.ambient?.file !== undefined) join(slot.ambient.file);
