// What the tests do, the same under every runner: each body gets one fixture and the name of its test file. It does
// not assert: it writes what it saw into log.jsonl, for the suite that drives the runners.
// CommonJS, because all three runners can load it.
const { execFile, spawn } = require('node:child_process');
const { appendFileSync, existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');
const { promisify } = require('node:util');
const { lock, semaphore } = require('carpool/coordination');

const log = join(__dirname, 'log.jsonl');

/** Written synchronously, so that it is there even if the worker is killed next. */
function note(file, seen) {
  appendFileSync(log, `${JSON.stringify({ file, ...seen })}\n`);
}

function noted(file) {
  const written = existsSync(log) ? readFileSync(log, 'utf8') : '';
  // The text after the last newline is still being written.
  const lines = written.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line)).filter((entry) => entry.file === file);
}

/** Leaves a value in the session, and notes what it found there. */
async function visit(session, file) {
  const { value } = await session.request({ type: 'get' });
  const { pid, sessions } = await session.request({ type: 'who' });
  await session.request({ type: 'set', value: 'left behind' });
  note(file, { id: session.id, found: value ?? 'nothing', pid, sessions });
}

/** Of a process that echoes MessagePack: JSON has neither bytes nor such numbers. */
async function exchangeBytes(session, file) {
  const { value } = await session.request({ value: { bytes: new Uint8Array([1, 2, 3]), large: 2n ** 60n } });
  note(file, { id: session.id, bytes: [...value.bytes], large: String(value.large) });
}

/** Ends when three tests do this at the same time. */
async function meet(session, file) {
  await session.request({ type: 'set', value: session.id });
  await session.request({ type: 'wait', all: 3 });
  const { value } = await session.request({ type: 'get' });
  note(file, { id: session.id, found: value });
}

async function passAtTheThirdAttempt(session, file) {
  await visit(session, file);
  if (noted(file).length < 3) throw new Error('not yet');
}

async function outlastItsTime(session, file) {
  note(file, { id: session.id });
  // A little before the test times out.
  const ended = await session.request({ type: 'silence' }).catch((error) => error);
  await session.closed;
  const late = await session.request({ type: 'get' }).catch((error) => error);
  note(file, { id: session.id, ended: ended.code, late: late.code, words: late.message });
}

async function holdAndAsk(session, file) {
  await visit(session, file);
  while (!existsSync(join(__dirname, 'go-on'))) await pause(20);
  await session.request({ type: 'get' });
}

async function fail(session, file) {
  await visit(session, file);
  throw new Error('fails on purpose');
}

/** Of a pool with one slot, which it has itself meanwhile. */
async function failAfterALongWait(carpool) {
  const first = await carpool.single.register();
  const second = carpool.single.register();
  // Milliseconds of a wait that are told, and some more.
  await pause(400);
  await first.unregister();
  await second;
  throw new Error('fails after its wait');
}

async function killItsWorker(session, file) {
  const lease = await lock('of the killed').acquire({ scope: 'worker' });
  await visit(session, file);
  // Jest runs the file once more.
  if (noted(file).length > 1) return lease.release();
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
}

async function takeTheSlotOfTheKilled(carpool, file) {
  while (noted('killed-worker').length === 0) await pause(20);
  await lock('of the killed').acquire();
  await visit(await carpool.narrow.register(), file);
}

async function killItsChild(session) {
  const { pid } = await session.request({ type: 'who' });
  await session.request({ type: 'log', text: 'the last words of the child' });
  process.kill(pid, 'SIGKILL');
  await session.request({ type: 'silence' });
}

/** Does not wait for what the child says to it. */
async function sendWhatIsWrong(session, file) {
  await visit(session, file);
  session.send({ type: 'fault', message: `no such colour: ${session.id}` });
}

async function registerAndSendWhatIsWrong(carpool, file) {
  await sendWhatIsWrong(await carpool.strict.register(), file);
}

async function forgetToAwait(session) {
  session.request({ type: 'silence' });
}

/** Neither fails as an unhandled rejection of the tests that follow. */
async function forgetWhatFollows(session) {
  session.request({ type: 'silence' }).then(() => note('not-awaited', { event: 'answered' }));
  void (async () => await session.request({ type: 'silence' }))();
}

async function forgetALock() {
  void lock('not awaited').acquire();
}

/** The host answers in order: the second lock comes after the first. */
async function goOnWithoutItsLock() {
  void lock('never awaited').acquire();
  await lock('another one').acquire();
}

async function forgetASession(carpool) {
  carpool.echo.register();
}

async function forgetAnEvent(session) {
  session.event();
}

async function forgetAnInteraction(session) {
  session.interact({ type: 'silence' });
}

async function forgetARefusal() {
  await lock('refused').acquire();
  void semaphore('refused', 2).acquire();
  await lock('after the refusal').acquire();
}

async function forgetARefusedRequest(session) {
  session.request({ type: 'get' }, { expect: 'nothing' });
  await session.request({ type: 'get' });
}

async function leaveCallsOnPurpose(carpool) {
  const session = await carpool.echo.register();
  const leaving = new AbortController();
  await lock('left').acquire();
  lock('left')
    .acquire({ detectDeadlock: false })
    .catch(() => {});
  const aborted = semaphore('left on purpose', 1);
  await aborted.acquire();
  void aborted.acquire(1, { signal: leaving.signal });
  leaving.abort();
  for await (const step of session.interact({ type: 'get' })) note('not-awaited', { step });
  await Promise.race([session.event(), session.request({ type: 'get' })]);
  session.event();
  await session.unregister();
}

async function leaveOnPurpose(carpool) {
  const [session, other] = [await carpool.echo.register(), await carpool.echo.register()];
  const leaving = new AbortController();
  session.request({ type: 'silence' }, { signal: leaving.signal }).catch(() => {});
  leaving.abort();
  session.request({ type: 'silence' }).catch(() => {});
  await Promise.race([session.request({ type: 'silence' }), session.request({ type: 'get' })]);
  other.request({ type: 'silence' });
  await other.unregister();
}

async function leaveALoop(session) {
  void (async () => {
    for await (const event of session.events()) note('leaks', { event });
  })();
}

/** When the end of the test has ended its session. */
async function goOnAfterItsEnd(session) {
  void session.closed.then(() => session.send({ type: 'too late' })).catch(() => {});
}

let kept;

async function keep(session, file) {
  kept = session;
  await visit(session, file);
}

async function useWhatWasKept(session, file) {
  const error = await kept.request({ type: 'get' }).catch((thrown) => thrown);
  note(file, { id: session.id, code: error.code, words: error.message, by: kept.closeReason?.by });
}

/** What `open` of a server returned, and that it is of this realm. */
async function readWhatWasOpened(session, file) {
  const { opened } = session;
  const { url, pid, since, tags, params } = opened;
  const kinds = [since instanceof Date, tags instanceof Set, params.seeds instanceof Map, session.opened === opened];
  const answer = await (await fetch(`${url}/x`)).text();
  note(file, { id: session.id, pid, kinds, seeds: String([...params.seeds]), answer });
}

async function giveItsOwnParams(carpool, file) {
  const session = await carpool.web.register({ params: { seeds: new Map([['b', 2n]]) } });
  await readWhatWasOpened(session, file);
}

/** Nothing that it calls fails with the death of the server. */
async function holdTheUrlOfAServerThatDies(session) {
  await fetch(`${session.opened.url}/die`).catch(() => {});
  await session.closed;
}

async function hangItsServer(session, file) {
  note(file, { id: session.id, pid: session.opened.pid });
  await fetch(`${session.opened.url}/loop`);
}

async function visitTheApp(session, file) {
  const { url, pid } = session.opened;
  note(file, { id: session.id, pid, answer: await (await fetch(`${url}/x`)).text() });
}

const joins = join(__dirname, 'joins.mjs');

/** What a process can use to join. The options of a runner for its own processes are not for it. */
async function withAddress(session) {
  return { env: { ...process.env, NODE_OPTIONS: '', CARPOOL_SESSION: await session.address() } };
}

/** To a process that leaves, to one that is killed, and to one that is still there when the test has ended. */
async function handItOver(session, file) {
  await session.request({ type: 'set', value: 'of the test' });
  const { stdout } = await promisify(execFile)(process.execPath, [joins, 'leaves'], await withAddress(session));
  const { value: found } = await session.request({ type: 'get' });
  const killed = await promisify(execFile)(process.execPath, [joins, 'dies'], await withAddress(session)).catch(
    (error) => error,
  );
  const { sessions } = await session.request({ type: 'who' });
  const alone = sessions.filter((id) => id === session.id).length === 1;
  note(file, { id: session.id, joined: JSON.parse(stdout), found, signal: killed.signal, alone });
  const staying = spawn(process.execPath, [joins, 'stays', log], {
    ...(await withAddress(session)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => staying.stdout.once('data', resolve));
}

/** The process is disconnected by the end of the test before this one. */
async function seeWhatIsLeftOfIt(session, file) {
  while (noted(file).length < 2) await pause(20);
  await visit(session, file);
}

/** It starts on the clock of the test. */
async function wantTheLateServer(carpool) {
  await carpool.late.register();
}

async function hold(session, file) {
  await visit(session, file);
  await session.request({ type: 'silence' });
}

module.exports = {
  exchangeBytes,
  fail,
  failAfterALongWait,
  forgetALock,
  forgetAnEvent,
  forgetAnInteraction,
  forgetARefusal,
  forgetARefusedRequest,
  forgetASession,
  forgetToAwait,
  forgetWhatFollows,
  giveItsOwnParams,
  goOnAfterItsEnd,
  goOnWithoutItsLock,
  handItOver,
  hold,
  hangItsServer,
  holdTheUrlOfAServerThatDies,
  keep,
  killItsChild,
  killItsWorker,
  leaveALoop,
  leaveCallsOnPurpose,
  leaveOnPurpose,
  meet,
  note,
  noted,
  holdAndAsk,
  outlastItsTime,
  passAtTheThirdAttempt,
  readWhatWasOpened,
  registerAndSendWhatIsWrong,
  seeWhatIsLeftOfIt,
  sendWhatIsWrong,
  takeTheSlotOfTheKilled,
  useWhatWasKept,
  visit,
  visitTheApp,
  wantTheLateServer,
};
