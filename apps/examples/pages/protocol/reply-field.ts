import { sessionField, type Protocol } from 'carpool/protocol';

/** What routing looks at, in one array for good: formats remember it by its identity. */
const names = ['session', 're', 'type'] as const;

export const replyField: Protocol = {
  ...sessionField({ id: 'rid', close: { send: { type: 'reset' }, expect: { type: 'closed' } } }),

  route(frame) {
    const { session, re, type } = frame.fields(names);
    const to = typeof session === 'string' ? session : undefined;
    if (re === undefined) return { as: 'event', to };
    const key = String(re);
    if (type !== 'error') return { as: 'reply', to, key };
    const { message } = frame.message as { message?: unknown };
    return { as: 'refusal', to, key, refusal: { message: String(message) } };
  },
};
