/**
 * Runs a program on a renderer that it reaches through a transport.
 *
 *   settings ─▶ hello ─▶ snapshot, subscriptions ─▶ event ─▶ update, view ─▶ patch ─▶ event ─▶ …
 *      ▲                                              │
 *      └── later ◀── onExit; the model stays ◀── the renderer is gone
 */
import type { PlushieEvent } from '@carpool/plushie';
import type { PooledTransport } from '@carpool/plushie/backend';
import { connect, type Answer, type Connection, type Question } from './connection.ts';
import { exitOf, type Program } from './program.ts';
import { realClock, restart, type Clock } from './restart.ts';
import { screen, type Screen } from './screen.ts';

export interface Runtime<Model> {
  model(): Model;
  /**
   * Asks the renderer as soon as it shows the app.
   * @throws Error if the renderer ends before it answers, or the runtime has ended
   */
  ask<Q extends Question>(question: Q): Promise<Answer<Q>>;
  /** Resolves when the renderer shows the app. @throws Error if the runtime has ended */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * An `update` or a `view` that throws ends the runtime: what waits fails with that error.
 *
 * @param backend makes the transport to a new renderer: now, and again for each restart
 */
export function run<Model>(
  program: Program<Model>,
  backend: () => PooledTransport,
  clock: Clock = realClock,
): Runtime<Model> {
  let model = program.init;
  let connection: Connection;
  /** Undefined from the end of a renderer to the hello of the next one, and after the end of the runtime. */
  let shown: Screen<Model> | undefined;
  let showing = unsettled();
  let started = false;
  let end: { readonly error: Error; readonly closed: Promise<void> } | undefined;
  const restarts = restart(() => attempt(open), clock);

  function open(): void {
    connection = connect(backend(), {
      onHello: () => attempt(begin),
      onEvents: (events) => attempt(() => update(events, 'show')),
      onStep: (events) => attempt(() => update(events, 'answer')),
      onClose: (reason) => attempt(() => recover(reason)),
    });
    connection.send({ type: 'settings', settings: { ...program.settings, protocol_version: 1 } });
  }

  function begin(): void {
    shown = screen(program, connection.send);
    shown.show(model);
    started = true;
    restarts.succeeded();
    showing.resolve();
  }

  function update(events: readonly PlushieEvent[], then: 'show' | 'answer'): void {
    for (const event of events) model = program.update(model, event);
    shown?.[then](model);
  }

  function recover(reason: string): void {
    if (!started) throw new Error(`The renderer did not start: ${reason}`);
    // A restart that fails is no news to the app.
    if (shown !== undefined) {
      shown = undefined;
      showing = unsettled();
      if (program.onExit !== undefined) model = program.onExit(model, exitOf(reason));
    }
    if (!restarts.schedule()) throw new Error(`The renderer is gone, and no restart worked: ${reason}`);
  }

  function attempt(action: () => void): void {
    if (end !== undefined) return;
    try {
      action();
    } catch (error) {
      void finish(error as Error);
    }
  }

  function finish(error: Error): Promise<void> {
    if (end !== undefined) return end.closed;
    restarts.cancel();
    connection.fail(error);
    shown = undefined;
    showing.reject(error);
    end = { error, closed: connection.close() };
    return end.closed;
  }

  const ready = (): Promise<void> => (end === undefined ? showing.promise : Promise.reject(end.error));

  open();
  return {
    model: () => model,
    async ask(question) {
      while (shown === undefined) await ready();
      return connection.ask(question);
    },
    ready,
    stop: () => finish(new Error('The runtime was stopped')),
  };
}

/** If nothing waits for the promise, its rejection is no unhandled one. */
function unsettled(): PromiseWithResolvers<void> {
  const resolvers = Promise.withResolvers<void>();
  resolvers.promise.catch(() => {});
  return resolvers;
}
