// Stands in for a module like `carpool/shared-worker`, which a worker evaluates once for all its files: it registers with
// what is around the tests, and writes down what it sees.
import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const slot = (globalThis[Symbol.for('carpool.ambient')] ??= { registrations: new Set() });

export const ambient = () => slot.ambient;

export function note(event, more = {}) {
  appendFileSync('seen.jsonl', `${JSON.stringify({ event, worker: process.pid, ...more })}\n`);
}

/** Where a call comes from. */
export function look(event) {
  const file = ambient().file?.path[0] ?? 'none';
  const test = ambient().test()?.path.join(' > ') ?? 'none';
  note(event, { file, test });
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
    await pause(1_200);
    await end.call(file);
    note('ended', { file: path });
  };
  if (path.includes('untidy')) Object.defineProperty(file, 'failures', { value: [new Error('left untidy')] });
  file.evidence = async () => [{ pool: 'a shared worker', session: 'w1', stderr: 'it said something odd' }];
}

slot.registrations.add({ join });
