/** Messages that reach no conversation: what they cost, and where they are remembered. */
import { asCarpoolError, isCarpoolError, type CarpoolError } from '../base/errors.ts';
import type { Frame } from '../codec/frame.ts';
import type { Messages, Protocol, Route } from '../protocol/protocol.ts';
import type { Transport } from '../transport/transport.ts';
import type { Glued } from './glued.ts';
import type { Journal } from './journal.ts';
import { brokenProtocol, firstFrame } from './protocol-errors.ts';
import type { Strays } from './strays.ts';

export interface UnroutedOptions {
  readonly transport: Transport;
  readonly protocol: Protocol<Messages>;
  /**
   * Takes a frame that is no message, where the next one can be read all the same, and returns the messages that stand in
   * it beside other text. Absent: it ends the transport.
   */
  readonly strayOutput?: ((frame: Frame) => Glued | undefined) | undefined;
  /** The error with which a frame that is no message ends the transport. Default: what decoding it threw. */
  readonly fatalOutput?: ((frame: Frame, thrown: CarpoolError) => CarpoolError) | undefined;
  /** Takes what `route` threw, PROTOCOL_FAILED; the message is lost. Absent: it ends the transport. */
  readonly misrouted?: ((error: CarpoolError) => void) | undefined;
  /** Keeps the last messages of all conversations. */
  readonly journal?: Journal | undefined;
}

/** For the exchanges that wait for what is lost. */
export interface Losses {
  /** A message stands beside other text on a line, so that it was not read. @param hint half a sentence: what is missing */
  unread(message: Frame, hint: string): void;
  /** `route` has thrown, so that it is not known for which of them the message was. */
  misrouted(message: Frame, error: CarpoolError): void;
}

export class Unrouted {
  readonly #options: UnroutedOptions;
  readonly #strays: Strays;
  readonly #losses: Losses | undefined;

  constructor(options: UnroutedOptions, strays: Strays, losses?: Losses) {
    this.#options = options;
    this.#strays = strays;
    this.#losses = losses;
  }

  /** A message that no conversation and no call takes. @param why half a sentence */
  stray(frame: Frame, why: string): void {
    this.#strays.add(frame, why);
    this.#came();
  }

  /** `route` has thrown this. */
  failed(frame: Frame, thrown: unknown): void {
    const { protocol, transport, strayOutput, fatalOutput, misrouted } = this.#options;
    const readable = canBeRead(frame);
    if (strayOutput !== undefined && readable === 'no message') {
      this.#line(frame, strayOutput);
      return;
    }
    if (misrouted === undefined || readable !== 'yes' || isCarpoolError(thrown)) {
      const error = asCarpoolError(thrown, 'FRAME_MALFORMED', 'Cannot read a message');
      transport.abort(readable === 'no message' ? (fatalOutput?.(frame, error) ?? error) : error);
      return;
    }
    const error = brokenProtocol('route', protocol.name, thrown, frame);
    this.stray(frame, [error.message.split('\n', 1)[0], ...firstFrame(thrown)].join(' '));
    misrouted(error);
    this.#losses?.misrouted(frame, error);
  }

  /** True for a line such as `42`, which is JSON and no message. Only what is for no session is looked at. */
  takes(route: Route, frame: Frame): boolean {
    const { strayOutput } = this.#options;
    if (strayOutput === undefined || route.as !== 'event' || route.to !== undefined) return false;
    if (canBeRead(frame) !== 'no message') return false;
    this.#line(frame, strayOutput);
    return true;
  }

  #line(frame: Frame, strayOutput: NonNullable<UnroutedOptions['strayOutput']>): void {
    this.#came();
    const glued = strayOutput(frame);
    for (const message of glued?.messages ?? []) this.#losses?.unread(message, glued?.hint ?? '');
  }

  /** The other side is not silent. */
  #came(): void {
    this.#options.journal?.came();
  }
}

/** Whether it is a message at all. A limit that it is over is no question of that. */
function canBeRead(frame: Frame): 'yes' | 'no message' | 'over a limit' {
  try {
    return typeof frame.message === 'object' && frame.message !== null ? 'yes' : 'no message';
  } catch (thrown) {
    return isCarpoolError(thrown) && 'limit' in thrown.context ? 'over a limit' : 'no message';
  }
}
