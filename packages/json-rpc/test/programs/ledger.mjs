// A JSON-RPC process, a line for each message: it keeps a sum for each account, and says when one has changed.
import { createInterface } from 'node:readline';

/** @type {Map<string, number>} */
const sums = new Map();
const write = (message) => console.log(JSON.stringify({ jsonrpc: '2.0', ...message }));

const requests = {
  hello: () => ({ version: 2 }),
  add({ account = 'all', amount }) {
    if (typeof amount !== 'number') throw new RangeError('an amount is a number');
    sums.set(account, (sums.get(account) ?? 0) + amount);
    write({ method: 'changed', params: { account, sum: sums.get(account) } });
    write({ method: 'rates', params: { amount } });
    return sums.get(account);
  },
  sum: ({ account = 'all' }) => sums.get(account) ?? 0,
  forget: ({ account = 'all' }) => sums.delete(account),
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params = {} } = JSON.parse(line);
  if (id === undefined) return;
  try {
    write({ id, result: requests[method](params) });
  } catch (error) {
    write({ id, error: { code: -32602, message: error.message } });
  }
});
