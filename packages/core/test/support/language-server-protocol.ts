/** A protocol for test/programs/language-server.mjs as an author of one would write it: a document is a session. */
import type { Codec } from '../../src/codec/codec.ts';
import { contentLength } from '../../src/codec/content-length.ts';
import { Frame } from '../../src/codec/frame.ts';
import { json } from '../../src/codec/json.ts';
import { byKey } from '../../src/protocol/by-key.ts';
import type { Protocol } from '../../src/protocol/protocol.ts';

export const languageServerCodec: Codec = { name: 'content-length', framing: contentLength, format: json };

interface Said {
  readonly id?: number | string;
  readonly method?: string;
  readonly error?: { readonly message: string };
  readonly params?: { readonly document?: string };
}

/** @param asks what the server asks while a document opens and closes */
export function languageServer({ asks }: { readonly asks?: string } = {}): Protocol {
  return {
    name: 'language-server',
    hello: (root) => root.request({ method: 'initialize' }),

    async open(port) {
      const document = port.freshId;
      port.adopt(document);
      const opening = port.request({ method: 'document/open', params: { document, asks } });
      if (asks === 'and waits') {
        const { id } = (await port.next((message) => (message as Said).method === 'document/read')) as Said;
        port.send({ id, result: 'read' });
      }
      await opening;
      return {
        wireId: document,
        async close(ending) {
          const closing = ending.request({ method: 'document/close', params: { document, asks } });
          if (asks !== undefined && asks !== 'and is refused') {
            const { id } = (await ending.next((message) => (message as Said).method === 'document/save')) as Said;
            ending.send({ id, result: 'saved' });
          }
          await closing;
        },
      };
    },

    route(frame) {
      const { id, method, params, error } = frame.message as Said;
      const key = String(id);
      if (method !== undefined) {
        if (id === undefined) return { as: 'event', to: params?.document };
        return { as: 'ask', to: params?.document, key };
      }
      // Replies carry an id alone.
      if (error !== undefined) return { as: 'refusal', to: byKey, key, refusal: error };
      return { as: 'reply', to: byKey, key };
    },

    address({ kind, frame, call, key }) {
      if (kind === 'answer') return { frame: frame.with({ id: key ?? '' }) };
      if (kind === 'send') return { frame };
      return { frame: frame.with({ id: call }), key: String(call) };
    },

    answer(question) {
      const { method, params } = question as { readonly method: string; readonly params: { readonly section: string } };
      if (method === 'throws') throw new RangeError('no such section');
      return method === 'workspace/configuration' ? { result: `settings of ${params.section}` } : undefined;
    },

    refuse: ({ frame, format, reason }) =>
      Frame.of({ id: (frame.message as Said).id, error: { code: -32601, message: reason } }, format),

    cancel: ({ key, format }) => Frame.of({ method: '$/cancelRequest', params: { id: Number(key) } }, format),
  };
}
