// A JSON-RPC process, a line for each message, or with --headers a Content-Length: it keeps a sum for each account, and says
// when one has changed.
const framed = process.argv.includes('--headers');
let input = Buffer.alloc(0);
/** @type {Map<string, number>} */
const sums = new Map();

const write = (message) => {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  process.stdout.write(framed ? `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}` : `${body}\n`);
};

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
  accounts: () => [...sums.keys()],
  forget: ({ account = 'all' }) => sums.delete(account),
};

function received({ id, method, params = {} }) {
  // `wait` is never answered.
  if (id === undefined || method === 'wait') return;
  try {
    write({ id, result: requests[method](params) });
  } catch (error) {
    write({ id, error: { code: -32602, message: error.message } });
  }
}

/** The next whole message, which is taken from the input. @returns {string | undefined} */
function next() {
  const end = input.indexOf(framed ? '\r\n\r\n' : '\n');
  if (end < 0) return undefined;
  const begin = framed ? end + 4 : 0;
  const length = framed ? Number(/content-length: *(\d+)/i.exec(input.subarray(0, end).toString())[1]) : end;
  if (input.length < begin + length) return undefined;
  const body = input.subarray(begin, begin + length).toString();
  input = input.subarray(framed ? begin + length : end + 1);
  return body;
}

process.stdin.on('data', (chunk) => {
  input = Buffer.concat([input, chunk]);
  for (let body = next(); body !== undefined; body = next()) received(JSON.parse(body));
});
