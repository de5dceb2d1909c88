/**
 * A protocol as an author of one would write it, for test/programs/browser.mjs: opening is three exchanges on the root,
 * the child chooses the ids, a session owns several of them, and some events name only a context.
 */
import { CarpoolError } from '../../src/base/errors.ts';
import type { Codec } from '../../src/codec/codec.ts';
import { nulDelimited } from '../../src/codec/delimited.ts';
import { json } from '../../src/codec/json.ts';
import type { Opened, Protocol, Route, SessionPort } from '../../src/protocol/protocol.ts';

export const nulCodec: Codec = { name: 'json-nul', framing: nulDelimited, format: json };

interface Said {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly error?: { readonly code: number; readonly message: string };
  readonly params?: {
    readonly sessionId?: string;
    readonly targetInfo?: { readonly browserContextId?: string };
  };
}

interface Result<T> {
  readonly result: T;
}

const names = ['id', 'method', 'sessionId'] as const;
const rare = new Set<unknown>(['Target.targetCreated', 'Target.attachedToTarget', 'Target.detachedFromTarget']);

export function browserProtocol(): Protocol {
  // Contexts are wire ids too: events that know only the context find their session by it.
  const ports = new Map<string, SessionPort>();
  return {
    name: 'browser',
    sessionField: 'sessionId',

    async hello(root) {
      return ((await root.request({ method: 'Browser.getVersion' })) as Result<unknown>).result;
    },

    async open(port): Promise<Opened> {
      const { root } = port;
      const ask = async <T>(method: string, params: object): Promise<T> =>
        ((await root.request({ method, params })) as Result<T>).result;
      const { browserContextId } = await ask<{ browserContextId: string }>('Target.createBrowserContext', {});
      const context = `context:${browserContextId}`;
      port.adopt(context);
      ports.set(context, port);
      const { targetId } = await ask<{ targetId: string }>('Target.createTarget', { browserContextId });
      const { sessionId } = await ask<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
      return {
        wireId: sessionId,
        async close(ending) {
          ports.delete(context);
          await ending.root.request({ method: 'Target.disposeBrowserContext', params: { browserContextId } });
        },
      };
    },

    route(frame): Route {
      const { id, method, sessionId } = frame.fields(names);
      const to = typeof sessionId === 'string' ? sessionId : undefined;
      if (id !== undefined) {
        const { error } = frame.message as Said;
        if (error === undefined) return { as: 'reply', to, key: String(id) };
        return { as: 'refusal', to, key: String(id), refusal: { code: String(error.code), message: error.message } };
      }
      if (method === 'Inspector.targetCrashed' && to !== undefined) {
        return { as: 'lost', to, gone: false, refusal: { code: 'crashed', message: 'the renderer crashed' } };
      }
      if (!rare.has(method)) return { as: 'event', to };
      const { params } = frame.message as Said;
      const context = params?.targetInfo?.browserContextId;
      if (context === undefined) return { as: 'event', to };
      if (params?.sessionId !== undefined) ports.get(`context:${context}`)?.adopt(params.sessionId);
      return { as: 'event', to: `context:${context}` };
    },

    address({ kind, frame, wireId, call, owns }) {
      const named = frame.fields(names)['sessionId'] as string | undefined;
      if (named !== undefined && !owns(named)) {
        throw new CarpoolError('SESSION_REFUSED', `Cannot send: session ${named} belongs to another session`);
      }
      const id = kind === 'request' ? { id: call } : {};
      const to = named ?? wireId;
      return { frame: frame.with(to === undefined ? id : { ...id, sessionId: to }), key: String(call) };
    },

    goodbye(root) {
      root.send({ id: 0, method: 'Browser.close' });
    },
  };
}
