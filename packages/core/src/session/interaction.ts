/** What `session.interact` returns. `types.ts` describes it. */
import { CarpoolError, type CallSite } from '../base/errors.ts';
import { Mailbox } from '../base/mailbox.ts';
import type { OpenCall } from '../base/open-calls.ts';
import type { Frame } from '../codec/frame.ts';
import type { Interaction } from './types.ts';

export class PendingInteraction<Step, Response> implements Interaction<Step, Response> {
  readonly id: string | undefined;
  readonly #steps: Mailbox<Frame>;
  readonly #response: Promise<unknown>;
  readonly #call: OpenCall | undefined;

  /** @param call learns whether its steps, or its response, are wanted */
  constructor(id: string | undefined, steps: Mailbox<Frame>, response: Promise<unknown>, call?: OpenCall) {
    this.id = id;
    this.#steps = steps;
    this.#response = response;
    this.#call = call;
    const given = (): void => {
      steps.close();
      call?.given();
    };
    const failed = (reason: unknown): void => {
      steps.close();
      call?.failed(reason);
    };
    response.then(given, failed);
  }

  [Symbol.asyncIterator](): AsyncGenerator<Step, void, undefined> {
    this.#call?.handled();
    return this.#read();
  }

  async *#read(): AsyncGenerator<Step, void, undefined> {
    for (;;) {
      const frame = await this.#steps.take().item;
      if (frame === undefined) break;
      yield frame.message as Step;
    }
    await this.#response;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- awaiting it is its interface
  then<A = Response, B = never>(
    fulfilled?: ((response: Response) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#call?.handled();
    return this.#response.then(fulfilled as ((response: unknown) => A | PromiseLike<A>) | null, rejected);
  }
}

/**
 * The request of an interaction with an id, so that its caller knows it before it is sent.
 * @param idField of the protocol @param next makes an id
 */
export function withId(
  message: unknown,
  idField: string | undefined,
  next: () => string,
): { readonly id: string | undefined; readonly request: unknown } {
  if (idField === undefined || typeof message !== 'object' || message === null)
    return { id: undefined, request: message };
  const own = (message as Readonly<Record<string, unknown>>)[idField];
  if (typeof own === 'string') return { id: own, request: message };
  // Of another type: as the caller wants it.
  if (own !== undefined) return { id: undefined, request: message };
  const id = next();
  return { id, request: { ...message, [idField]: id } };
}

interface StepsOptions {
  /** Where the user called. */
  readonly site: CallSite;
  /** Of those that are not read. */
  readonly capacity: number;
  /** Completes the error of more of them. */
  readonly overflow: (error: CarpoolError) => CarpoolError;
}

/** @returns what keeps the steps until they are read, what takes each, and what is aborted when there are too many */
export function boundedSteps(
  session: string,
  { site, capacity, overflow }: StepsOptions,
): { readonly steps: Mailbox<Frame>; readonly step: (frame: Frame) => void; readonly full: AbortSignal } {
  const steps = new Mailbox<Frame>(capacity);
  const full = new AbortController();
  const step = (frame: Frame): void => {
    if (steps.push(frame)) return;
    const message = `An interaction of session ${session} has ${capacity} unread steps. Read them as they come`;
    const context = { limit: capacity };
    full.abort(overflow(new CarpoolError('SESSION_OVERFLOW', message, { scope: 'call', context, site })));
  };
  return { steps, step, full: full.signal };
}
