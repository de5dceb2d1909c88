// Stands in for a module like `carpool/shared-worker`: evaluated in the realm of each test file, it registers with what is
// around the tests there, and writes down what it sees.
const { appendFileSync } = require('node:fs');
const { threadId } = require('node:worker_threads');

// A test may fake the clock.
const wait = setTimeout;
const pause = (ms) => new Promise((resolve) => wait(resolve, ms));
const slot = globalThis[Symbol.for('carpool.ambient')];
const ambient = () => slot.ambient;

function note(event, more = {}) {
  const worker = `${process.pid} ${threadId}`;
  appendFileSync('seen.jsonl', `${JSON.stringify({ event, worker, ...more })}\n`);
}

/** Where a call comes from. */
function look(event) {
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
join(ambient().file);

module.exports = { ambient, look, note };
