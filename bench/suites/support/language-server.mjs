/** A language server for each file, as people start one without Carpool: headers, ids and replies by hand. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';

export async function startServer(args, root) {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map();
  let last = 0;
  let buffer = Buffer.alloc(0);

  const send = (message) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const notify = (method, params) => send({ method, params });
  const request = (method, params) =>
    new Promise((resolve) => {
      waiting.set(++last, resolve);
      send({ id: last, method, params });
    });
  const receive = ({ id, method, params, result }) => {
    if (method === undefined) {
      waiting.get(id)?.(result);
      waiting.delete(id);
    } else if (id !== undefined) {
      send({ id, result: method === 'workspace/configuration' ? params.items.map(() => null) : null });
    }
  };
  child.stdout.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const end = buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(buffer.subarray(0, end).toString())[1]);
      if (buffer.length < end + 4 + length) return;
      receive(JSON.parse(buffer.subarray(end + 4, end + 4 + length).toString()));
      buffer = buffer.subarray(end + 4 + length);
    }
  });

  const rootUri = pathToFileURL(root).href;
  await request('initialize', {
    processId: process.pid,
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: 'root' }],
    capabilities: {
      workspace: { configuration: true },
      textDocument: { diagnostic: { dynamicRegistration: true }, hover: { contentFormat: ['plaintext'] } },
    },
  });
  notify('initialized', {});
  await request('$/started');
  const uriOf = (name) => `${rootUri}/${name}`;
  return {
    request,
    uri: uriOf,
    open: (name, text, languageId) =>
      notify('textDocument/didOpen', { textDocument: { uri: uriOf(name), languageId, version: 1, text } }),
    close: (name) => notify('textDocument/didClose', { textDocument: { uri: uriOf(name) } }),
    diagnostics: async (name) =>
      (await request('textDocument/diagnostic', { textDocument: { uri: uriOf(name) } })).items,
    async stop() {
      await request('shutdown');
      notify('exit');
      // Else its processor time would be counted nowhere.
      await once(child, 'exit');
    },
  };
}
