import { CarpoolError, json, nulDelimited, type Codec, type Protocol } from 'carpool/protocol';

export const nulJson: Codec = { name: 'json-nul', framing: nulDelimited, format: json };

/** What routing looks at, in one array for good: formats remember it by its identity. */
const names = ['id', 'method', 'sessionId'] as const;

interface Said {
  result?: any;
  error?: { code: number; message: string };
  params?: { sessionId?: string; contextId?: string };
}

export function browser(): Protocol {
  return {
    name: 'browser',
    sessionField: 'sessionId',

    async hello(root) {
      return ((await root.request({ method: 'version' })) as Said).result;
    },

    async open(port) {
      const ask = async (method: string, params: object) =>
        ((await port.root.request({ method, params })) as Said).result;
      const { contextId } = await ask('createContext', {});
      // From here on what names the context alone is this session's, too.
      port.adopt(contextId);
      const { sessionId } = await ask('attach', { contextId });
      return {
        wireId: sessionId,
        async close(ending) {
          await ending.root.request({ method: 'disposeContext', params: { contextId } });
        },
      };
    },

    route(frame) {
      const { id, method, sessionId } = frame.fields(names);
      const to = typeof sessionId === 'string' ? sessionId : undefined;
      if (id !== undefined) {
        // An error is an object, and so not among the fields.
        if (!frame.has('error')) return { as: 'reply', to, key: String(id) };
        const { code, message } = (frame.message as Said).error!;
        return { as: 'refusal', to, key: String(id), refusal: { code: String(code), message } };
      }
      if (method === 'crashed' && to !== undefined) {
        return { as: 'lost', to, gone: false, refusal: { code: 'crashed', message: 'the page crashed' } };
      }
      if (method !== 'popup') return { as: 'event', to };
      const { contextId, sessionId: popup } = (frame.message as Said).params ?? {};
      return { as: 'event', to: contextId, adopt: popup };
    },

    address({ kind, frame, wireId, call, owns }) {
      const named = frame.fields(names)['sessionId'];
      if (typeof named === 'string' && !owns(named)) {
        throw new CarpoolError('SESSION_REFUSED', `Cannot send: ${named} belongs to another session`);
      }
      const to = named ?? wireId;
      const stamps = { ...(to === undefined ? {} : { sessionId: to }), ...(kind === 'request' ? { id: call } : {}) };
      return { frame: frame.with(stamps), key: String(call) };
    },

    goodbye(root) {
      root.send({ method: 'close' });
    },
  };
}
