// Counts words in documents, over JSON-RPC 2.0: a line for each message, and a reply has the id of its request alone.
import { createInterface } from 'node:readline';

const say = (message) => console.log(JSON.stringify({ jsonrpc: '2.0', ...message }));

const documents = new Map();
const methods = {
  open: ({ document }) => void documents.set(document, ''),
  close: ({ document }) => void documents.delete(document),
  write({ document, text }) {
    documents.set(document, text);
    say({ method: 'changed', params: { document, characters: text.length } });
  },
  words({ document }) {
    const text = documents.get(document);
    if (text === '') throw new Error('the document is empty');
    return text.split(/\s+/).length;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  try {
    const result = methods[method](params) ?? null;
    if (id !== undefined) say({ id, result });
  } catch ({ message }) {
    say({ id, error: { code: -32000, message } });
  }
}
