import { byKey, CarpoolError, json, nulDelimited, type Codec, type Protocol } from 'carpool/protocol';

export const nulJson: Codec = { name: 'json-nul', framing: nulDelimited, format: json };

/** What routing looks at, in one array for good: formats remember it by its identity. */
const names = ['id', 'method', 'sessionId'] as const;

interface Said {
  method?: string;
  result?: any;
  error?: { code: number; message: string };
  params?: { sessionId?: string; targetInfo?: { targetId: string; browserContextId?: string } };
}

export function browser(): Protocol {
  return {
    name: 'browser',
    sessionField: 'sessionId',

    async hello(root) {
      // From here on each page that opens, also a popup, gets a session id and is an event.
      const params = { autoAttach: true, waitForDebuggerOnStart: false, flatten: true, filter: [{ type: 'page' }] };
      await root.request({ method: 'Target.setAutoAttach', params });
      return ((await root.request({ method: 'Browser.getVersion' })) as Said).result;
    },

    async open(port) {
      const ask = async (method: string, params: object) =>
        ((await port.root.request({ method, params })) as Said).result;
      const { browserContextId } = await ask('Target.createBrowserContext', {});
      // From here on what names the context alone is this session's, too.
      port.adopt(browserContextId);
      const { targetId } = await ask('Target.createTarget', { url: 'about:blank', browserContextId });
      const isAttached = (said: unknown) => (said as Said).params?.targetInfo?.targetId === targetId;
      const { params } = (await port.next(isAttached)) as Said;
      return {
        wireId: params!.sessionId!,
        opened: { browserContextId, targetId },
        async close(ending) {
          await ending.root.request({ method: 'Target.disposeBrowserContext', params: { browserContextId } });
        },
      };
    },

    route(frame) {
      const { id, method, sessionId } = frame.fields(names);
      if (id !== undefined) {
        // Not by the session: the reply to a request for a page that is gone names none.
        const key = String(id);
        // An error is an object, and so not among the fields.
        if (!frame.has('error')) return { as: 'reply', to: byKey, key };
        const { code, message } = (frame.message as Said).error!;
        return { as: 'refusal', to: byKey, key, refusal: { code: String(code), message } };
      }
      const to = typeof sessionId === 'string' ? sessionId : undefined;
      if (method === 'Inspector.targetCrashed' && to !== undefined) {
        return { as: 'lost', to, gone: false, refusal: { code: 'crashed', message: 'the page crashed' } };
      }
      if (method !== 'Target.attachedToTarget' || to !== undefined) return { as: 'event', to };
      const { sessionId: attached, targetInfo } = (frame.message as Said).params!;
      return { as: 'event', to: targetInfo!.browserContextId, adopt: attached };
    },

    address({ kind, frame, wireId, call, owns }) {
      const named = frame.fields(names)['sessionId'];
      if (typeof named === 'string' && !owns(named)) {
        throw new CarpoolError('SESSION_REFUSED', `Cannot send: ${named} belongs to another session`);
      }
      const to = named ?? wireId;
      // A browser refuses what has no id.
      const id = kind === 'request' ? call : 0;
      return { frame: frame.with({ id, ...(to === undefined ? {} : { sessionId: to }) }), key: String(call) };
    },

    async goodbye(root) {
      await root.request({ method: 'Browser.close' });
    },
  };
}
