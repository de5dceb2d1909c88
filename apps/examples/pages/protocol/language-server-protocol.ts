import { Frame, type Protocol } from 'carpool/protocol';

/** The part of a language server's protocol that is about questions; the rest is as above. */
export const questions: Pick<Protocol, 'answer' | 'refuse' | 'cancel'> = {
  answer(question) {
    const { method, params } = question as { method: string; params: { items: unknown[] } };
    return method === 'workspace/configuration' ? { result: params.items.map(() => null) } : undefined;
  },
  refuse({ frame, format, reason }) {
    const { id } = frame.message as { id: number | string };
    return Frame.of({ jsonrpc: '2.0', id, error: { code: -32601, message: reason } }, format);
  },
  cancel({ key, format }) {
    return Frame.of({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: Number(key) } }, format);
  },
};
