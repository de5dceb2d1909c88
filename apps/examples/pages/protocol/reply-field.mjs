// A counter for each session, as JSON lines. A request has the field `rid`, its reply has the same id in `re`.
import { createInterface } from 'node:readline';

const counters = new Map();
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  const { session, rid, type } = JSON.parse(line);
  if (type === 'add') {
    counters.set(session, (counters.get(session) ?? 0) + 1);
    say({ session, re: rid, type: 'count', value: counters.get(session) });
  } else if (type === 'reset') {
    counters.delete(session);
    say({ session, type: 'closed' });
  } else {
    say({ session, re: rid, type: 'error', message: `cannot ${type}` });
  }
}
