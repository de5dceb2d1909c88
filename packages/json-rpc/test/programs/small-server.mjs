// A language server in the small: it keeps the texts of documents, and does what tests ask for.
const ignoresUnknown = process.argv.includes('--ignores-unknown');
let input = Buffer.alloc(0);
let asked = 0;
/** Texts by URI. @type {Map<string, string>} */
const texts = new Map();
/** What waits for the client's answer. @type {Map<unknown, (answer: object) => void>} */
const answers = new Map();
/** Requests without a reply. @type {Map<unknown, string>} */
const slow = new Map();
/** @type {string[]} */
const cancelled = [];
/** Settings as they came. @type {[string, unknown][]} */
const settings = [];

/** @param {object} message */
const write = (message) => {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  process.stdout.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
};
const notify = (method, params) => write({ method, params });
const ask = (method, params) =>
  new Promise((resolve) => {
    const id = `question-${++asked}`;
    answers.set(id, resolve);
    write({ id, method, params });
  });

const requests = {
  initialize: ({ initializationOptions }) => ({
    capabilities: { hoverProvider: true, textDocumentSync: 1 },
    serverInfo: { name: 'small', version: String(initializationOptions?.version ?? 1) },
  }),
  shutdown: () => null,
  'workspace/symbol': () => null,
  'textDocument/hover': ({ textDocument: { uri } }) => ({ contents: texts.get(uri) ?? 'not open' }),
  'textDocument/definition': ({ textDocument: { uri } }) => [{ uri, range: null }],
  /** Under which URIs, and which of them, the texts with this part are open: as data that is no address. */
  'test/open': ({ part }) =>
    [...texts].filter(([, text]) => text.includes(part)).map(([uri]) => Array.from(uri).join(' ')),
  'test/ask': async ({ method, params }) => (await ask(method, params)) ?? null,
  'test/log': ({ message, type = 3, method = 'window/logMessage', about = '' }) => {
    notify(method, { type, message: message + about });
    return null;
  },
  'test/settings': () => settings,
  'test/cancelled': () => cancelled,
  'test/work': ({ workDoneToken, textDocument, values = [{ kind: 'begin', title: textDocument.uri }] }) => {
    for (const value of values) notify('$/progress', { token: workDoneToken, value });
    return null;
  },
  'test/end': () => process.exit(3),
};

async function received({ id, method, params, result, error }) {
  if (method === undefined) {
    answers.get(id)?.(error === undefined ? { result } : { error });
    answers.delete(id);
    return;
  }
  if (id === undefined) {
    if (method === 'exit') process.exit(0);
    if (method === '$/cancelRequest' && slow.has(params.id)) {
      cancelled.push(slow.get(params.id));
      write({ id: params.id, error: { code: -32800, message: 'cancelled' } });
    }
    if (method === 'workspace/didChangeConfiguration' || method === 'small/schemas') settings.push([method, params]);
    const { uri, text } = params.textDocument ?? {};
    if (method === 'textDocument/didClose') texts.delete(uri);
    if (method === 'textDocument/didOpen') texts.set(uri, text);
    if (method === 'textDocument/didChange') texts.set(uri, params.contentChanges[0].text);
    if (method === 'textDocument/didOpen' || method === 'textDocument/didChange') {
      notify('textDocument/publishDiagnostics', { uri, diagnostics: [{ message: `${uri} says ${texts.get(uri)}` }] });
    }
    return;
  }
  if (method === 'test/slow') {
    slow.set(id, params.name);
    return;
  }
  const answerer = requests[method];
  if (answerer === undefined) {
    if (!ignoresUnknown) write({ id, error: { code: -32601, message: `no method ${method}` } });
    return;
  }
  write({ id, result: await answerer(params ?? {}) });
}

process.stdin.on('data', (chunk) => {
  input = Buffer.concat([input, chunk]);
  for (;;) {
    const end = input.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/content-length: *(\d+)/i.exec(input.subarray(0, end).toString())[1]);
    if (input.length < end + 4 + length) return;
    const message = JSON.parse(input.subarray(end + 4, end + 4 + length).toString());
    input = input.subarray(end + 4 + length);
    void received(message);
  }
});
