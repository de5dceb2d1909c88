/** One renderer: what it says, sorted by its meaning, and what was asked of it, with the answers. */
import type {
  Hello,
  Interact,
  InteractResponse,
  InteractStep,
  PlushieEvent,
  PlushieSend,
  Query,
  QueryResponse,
} from '@carpool/plushie';
import type { PooledTransport } from '@carpool/plushie/backend';

export type Question = Interact | Query;
export type Answer<Q extends Question> = Q extends Query ? QueryResponse : InteractResponse;

type Incoming = Hello | PlushieEvent | InteractStep | InteractResponse | QueryResponse;

export interface Listener {
  /** The renderer is ready for settings and a tree. */
  onHello(): void;
  onEvents(events: readonly PlushieEvent[]): void;
  /** The renderer waits for the view that follows from these events. */
  onStep(events: readonly PlushieEvent[]): void;
  /** The renderer is gone. */
  onClose(reason: string): void;
}

export interface Connection {
  send(message: PlushieSend): void;
  /** @throws Error if the connection ends before the answer */
  ask<Q extends Question>(question: Q): Promise<Answer<Q>>;
  /** Fails what still waits for an answer. */
  fail(error: Error): void;
  close(): Promise<void>;
}

export function connect(transport: PooledTransport, listener: Listener): Connection {
  const waiting = new Map<string, PromiseWithResolvers<InteractResponse | QueryResponse>>();
  let asked = 0;

  function take(message: Incoming): void {
    switch (message.type) {
      case 'hello':
        return listener.onHello();
      case 'event':
        return listener.onEvents([message]);
      case 'interact_step':
        return listener.onStep(message.events);
      case 'interact_response':
        if (message.events.length > 0) listener.onEvents(message.events);
        return answer(message);
      case 'query_response':
        return answer(message);
      default: // A newer renderer may say more.
    }
  }

  function answer(message: InteractResponse | QueryResponse): void {
    waiting.get(message.id)?.resolve(message);
    waiting.delete(message.id);
  }

  function fail(error: Error): void {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }

  transport.onMessage((message) => take(message as unknown as Incoming));
  transport.onClose((reason) => {
    fail(new Error(`The renderer is gone: ${reason}`));
    listener.onClose(reason);
  });
  return {
    send: (message) => transport.send({ ...message }),
    ask<Q extends Question>(question: Q) {
      const id = `runtime-${++asked}`;
      const reply = Promise.withResolvers<InteractResponse | QueryResponse>();
      transport.send({ ...question, id });
      waiting.set(id, reply);
      // The renderer answers `query` with `query_response`, and `interact` with `interact_response`.
      return reply.promise as Promise<Answer<Q>>;
    },
    fail,
    close: () => transport.close(),
  };
}
