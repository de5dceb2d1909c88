import { byKey, type Protocol } from 'carpool/protocol';

const names = ['id', 'method'] as const;

interface Said {
  params: { document: string };
  error: { code: number; message: string };
}

/** JSON-RPC 2.0, with a document for each session: `params.document` is its id. */
export const jsonRpc: Protocol = {
  name: 'json-rpc',

  async open(port) {
    const params = { document: port.freshId };
    await port.request({ method: 'open', params });
    return {
      wireId: port.freshId,
      close: async (ending) => void (await ending.request({ method: 'close', params })),
    };
  },

  route(frame) {
    const { id, method } = frame.fields(names);
    if (method !== undefined) return { as: 'event', to: (frame.message as Said).params.document };
    const key = String(id);
    if (!frame.has('error')) return { as: 'reply', to: byKey, key };
    const { code, message } = (frame.message as Said).error;
    return { as: 'refusal', to: byKey, key, refusal: { code: String(code), message } };
  },

  address({ kind, frame, call }) {
    return { frame: frame.with(kind === 'request' ? { jsonrpc: '2.0', id: call } : { jsonrpc: '2.0' }) };
  },
};
