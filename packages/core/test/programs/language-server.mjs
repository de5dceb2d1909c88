// Talks as a language server does: JSON-RPC behind Content-Length headers, questions of its own outside all documents, also
// while it is greeted, and requests that can be cancelled. `heard` tells all that it was sent.
import { Buffer } from 'node:buffer';

const say = (message) => {
  const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
  process.stdout.write(`Content-Length: ${body.length}\r\n\r\n`);
  process.stdout.write(body);
};

const asked = new Map();
const heard = [];
let questions = 0;

/** `then` gets the answer. */
function ask(method, params, then) {
  const id = `q${++questions}`;
  asked.set(id, then);
  say({ id, method, params });
}

const methods = {
  initialize: (id) =>
    ask('workspace/configuration', { section: 'start' }, (answer) => say({ id, result: { started: answer } })),
  diagnose: (id, { method = 'workspace/configuration', document }) =>
    ask(method, { section: 'lint', document }, (answer) => say({ id, result: answer })),
  'document/open': (id, { document, asks }) => {
    const opened = () => say({ id, result: { document } });
    if (asks !== undefined) ask('document/read', { document }, asks === 'and waits' ? opened : () => {});
    if (asks !== 'and waits') opened();
  },
  'document/close': (id, { document, asks }) => {
    if (asks === undefined) say({ id, result: {} });
    else ask('document/save', { document }, () => say({ id, result: {} }));
  },
  hang: () => {},
  twice: (id, { document }) => {
    say({ id, document, result: 1 });
    say({ id, document, result: 2 });
  },
  heard: (id) => say({ id, result: { heard } }),
};

function take(message) {
  const { id, method, params = {} } = message;
  heard.push(message);
  if (method !== undefined) {
    methods[method]?.(id, params);
    return;
  }
  const then = asked.get(id);
  asked.delete(id);
  then?.(message.error ?? message.result);
}

let bytes = Buffer.alloc(0);
process.stdin.on('data', (chunk) => {
  bytes = Buffer.concat([bytes, chunk]);
  for (;;) {
    const head = bytes.indexOf('\r\n\r\n');
    if (head === -1) return;
    const end = head + 4 + Number(/Content-Length: (\d+)/.exec(bytes.subarray(0, head).toString())[1]);
    if (bytes.length < end) return;
    const body = bytes.subarray(head + 4, end);
    bytes = bytes.subarray(end);
    take(JSON.parse(body.toString()));
  }
});
