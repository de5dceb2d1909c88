// A child of pools in tests: JSON lines. Each reply says in which folder it runs, and so on which machine of a test, and its pid.
import { createInterface } from 'node:readline';

const say = (message) => console.log(JSON.stringify(message));
/** Sessions whose end it does not confirm. */
const kept = new Set();

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { session, id, type, ...message } = JSON.parse(line);
    if (type === 'settings') say({ type: 'hello', session: '' });
    else if (type === 'reset') {
      if (!kept.has(session)) say({ type: 'closed', session });
    } else if (type !== 'silence') {
      if (type === 'keep') kept.add(session);
      say({ type: 'reply', session, id, ...message, folder: process.cwd(), pid: process.pid });
    }
  })
  .on('close', () => process.exit());
