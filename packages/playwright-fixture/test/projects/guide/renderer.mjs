// Stands for the expensive process of the guide: renders text, one picture for each session.
import { createInterface } from 'node:readline';

const pictures = new Map();
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  const { session, id, type, text } = JSON.parse(line);
  if (type === 'reset') {
    pictures.delete(session);
    say({ session, type: 'closed' });
  } else if (type === 'render') {
    pictures.set(session, text);
    say({ session, type: 'painted', text });
  } else {
    say({ session, id, type: 'picture', text: pictures.get(session) ?? '' });
  }
}
