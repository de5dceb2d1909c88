// The process that the projects share: JSON lines, one small memory for each session.
import { createInterface } from 'node:readline';

const memories = new Map();
const waiting = [];
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const acts = {
  set: (memory, { value }) => ((memory.value = value), { value }),
  get: (memory) => ({ value: memory.value }),
  // Which sessions it knows now, and who it is.
  who: () => ({ pid: process.pid, sessions: [...memories.keys()] }),
  log: (_memory, { text }) => (process.stderr.write(`${text}\n`), {}),
  exit: (_memory, { code }) => process.exit(code),
};

// --hello=2000 says hello after so many milliseconds: a child that is slow to start.
const hello = process.argv.find((word) => word.startsWith('--hello='));
if (hello !== undefined) setTimeout(say, Number(hello.slice('--hello='.length)), { type: 'hello' });

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  const { session, id, type } = message;
  if (!memories.has(session)) memories.set(session, {});
  if (type === 'reset') {
    memories.delete(session);
    say({ session, type: 'closed' });
  } else if (type === 'wait') {
    // Answered when `all` of them wait: proof that so many sessions are open at once.
    waiting.push({ session, id, type: 'reply' });
    if (waiting.length >= message.all) for (const reply of waiting.splice(0)) say(reply);
  } else if (type === 'later') {
    setTimeout(say, message.after, { session, id, type: 'reply' });
  } else if (type !== 'silence') {
    say({ session, id, type: 'reply', ...acts[type](memories.get(session), message) });
  }
}
