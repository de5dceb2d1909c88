/** What a message of a recording is for its session. */
import type { Frame } from '../codec/frame.ts';
import type { Messages, Protocol, Route, WireId } from '../protocol/protocol.ts';
import type { RecordedLoss } from './recorded-session.ts';
import type { Arriving } from './replay-session.ts';

export interface RouteOptions {
  readonly arriving: Exclude<Arriving, RecordedLoss>;
  readonly to: WireId;
  /** Of the pool. */
  readonly protocol: Protocol<Messages>;
}

/** @param frame what `arriving` has, as the child would have sent it */
export function routeOf(frame: Frame, { arriving, to, protocol }: RouteOptions): Route {
  const meant = meaning(frame, protocol);
  switch (arriving.kind) {
    case 'event':
      return meant?.as === 'diagnostic' ? { ...meant, to } : { as: 'event', to };
    case 'ask':
      return { as: 'ask', to, key: String(arriving.n) };
    case 'refusal': {
      const found = meant?.as === 'refusal' ? meant.refusal : { message: frame.toString() };
      const refusal = arriving.refusal ?? found;
      return { as: 'refusal', to, key: arriving.key, refusal };
    }
    case 'reply':
    case 'step':
      return { as: arriving.kind, to, key: arriving.key };
  }
}

/** What the protocol of the pool says of it: which fault is found in a message, it alone knows. */
function meaning(frame: Frame, protocol: Protocol<Messages>): Route | undefined {
  try {
    return protocol.route(frame);
  } catch {
    return undefined; // one that needs the child, or its ids
  }
}
