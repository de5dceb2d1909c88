// The service under test: JSON lines on stdin and stdout, and a cart for each session. Its faults are those of the page.
import { createInterface } from 'node:readline';

const prices = new Map([
  ['tea', { cents: 450 }],
  ['mug', { cents: 1200 }],
]);
const carts = new Map(); // by their sessions
const say = (message) => console.log(JSON.stringify(message));

/** Packs goods into parcels of a size. */
function parcels(weight, size) {
  let count = 0;
  // Of size 0 there are never enough.
  for (let left = weight; left > 0; left -= size) count += 1;
  return count;
}

say({ type: 'ready' });
for await (const line of createInterface({ input: process.stdin })) {
  const { session, id, type, ...message } = JSON.parse(line);
  const cart = carts.get(session) ?? [];
  carts.set(session, cart);
  const answer = (reply) => say({ session, id, ...reply });
  if (type === 'add') {
    cart.push(message);
    answer({ type: 'added', items: cart.length });
  } else if (type === 'total') {
    // The quantities are forgotten.
    answer({ type: 'total', cents: cart.reduce((sum, { item }) => sum + prices.get(item).cents, 0) });
  } else if (type === 'parcels') {
    answer({ type: 'parcels', count: parcels(2_000, message.size) });
  } else if (type === 'reset') {
    carts.delete(session);
    say({ session, type: 'closed' });
  }
}
