// What the guide's examples talk with: it "renders" a text, and shows it.
import { createInterface } from 'node:readline';

const texts = new Map();
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  const { session, id, type, text = '' } = JSON.parse(line);
  if (type === 'render') texts.set(session, text);
  if (type === 'look') {
    const shown = texts.get(session) ?? '';
    say({ session, id, type: 'picture', text: shown, width: shown.length });
  }
  if (type === 'reset') {
    texts.delete(session);
    say({ session, type: 'closed' });
  }
}
