import { isCarpoolError, type Protocol } from 'carpool/protocol';
import { jsonRpc } from './json-rpc.ts';
import { questions } from './language-server-protocol.ts';

const names = ['id', 'method'] as const;

interface Said {
  result?: unknown;
  params?: { uri?: string; textDocument?: { uri: string } };
}

/** What a test gives: the text of its document. */
export interface DocumentParams {
  readonly text: string;
}

/** A language server of TypeScript, with a document for each session: its URI is the id. */
export const documents: Protocol = {
  ...jsonRpc,
  ...questions,
  name: 'documents',

  async hello(root) {
    const params = { processId: process.pid, rootUri: null, capabilities: {} };
    const { result } = (await root.request({ method: 'initialize', params })) as Said;
    root.send({ method: 'initialized', params: {} });
    return result;
  },

  open(port) {
    const { text } = port.params as DocumentParams;
    const uri = `file:///carpool/${port.freshId}.ts`;
    port.send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId: 'typescript', version: 1, text } },
    });
    return {
      wireId: uri,
      opened: { uri },
      async close(ending) {
        ending.send({ method: 'textDocument/didClose', params: { textDocument: { uri } } });
        // Nothing confirms that. The server takes messages in order, so any reply to a later one does; also "no such method".
        await ending.root.request({ method: '$/closed' }).catch((error: unknown) => {
          if (!isCarpoolError(error, 'SESSION_REFUSED')) throw error;
        });
      },
    };
  },

  route(frame) {
    const { id, method } = frame.fields(names);
    if (method === undefined) return jsonRpc.route(frame);
    const { uri, textDocument } = (frame.message as Said).params ?? {};
    const to = uri ?? textDocument?.uri;
    return id === undefined ? { as: 'event', to } : { as: 'ask', to, key: JSON.stringify(id) };
  },

  address(outgoing) {
    const { kind, frame, key = '' } = outgoing;
    if (kind !== 'answer') return jsonRpc.address(outgoing);
    return { frame: frame.with({ jsonrpc: '2.0', id: JSON.parse(key) as number | string }) };
  },
};
