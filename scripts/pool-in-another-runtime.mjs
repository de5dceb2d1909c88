// What `createPool` must do under Bun and Deno as under Node: check-install.mjs runs it there, beside the packed tarball.
import { createPool } from 'carpool';

const program = `
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { session, id, type, text } = JSON.parse(line);
    if (type === 'count') for (let n = 1; n <= 3; n++) console.log(JSON.stringify({ session, n }));
    console.log(JSON.stringify({ session, id, type: type === 'reset' ? 'closed' : 'reply', text }));
  });`;
const protocol = { close: { send: { type: 'reset' }, expect: { type: 'closed' } } };
const expectSame = (found, wanted) => {
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    throw new Error(`found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
};
const isThere = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const pool = createPool({ command: 'node', args: ['-e', program], protocol, maxSessions: 2 });
const [a, b] = await Promise.all([pool.register(), pool.register()]);
const text = 'x'.repeat(1 << 20);
const replies = await Promise.all([a.request({ type: 'say', text }), b.request({ type: 'say', text: 'b' })]);
expectSame(
  replies.map((reply) => reply.text.length),
  [1 << 20, 1],
);
a.send({ type: 'count' });
const numbers = [];
for await (const { n } of a.events()) if (numbers.push(n) === 3) break;
expectSame(numbers, [1, 2, 3]);
const waiting = pool.register();
await a.unregister();
const c = await waiting;
const [pid] = pool.stats().pids;
process.kill(pid, 'SIGKILL');
expectSame((await c.closed).error.code, 'CHILD_EXITED');
await b.closed;
const d = await pool.register();
expectSame((await d.request({ type: 'say', text: 'd' })).text, 'd');
const left = pool.stats().pids;
await pool.close();
expectSame(left.filter(isThere), []);
expectSame(pool.stats().failures, 1);
console.log('as under Node');
