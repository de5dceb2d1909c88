/** Messages that reach no conversation: what they cost, and where they are remembered. */
import { asCarpoolError, isCarpoolError, type CarpoolError } from '../base/errors.ts';
import type { Frame } from '../codec/frame.ts';
import type { Messages, Protocol, Route } from '../protocol/protocol.ts';
import type { Transport } from '../transport/transport.ts';
import { rootId, type Journal, type Speaker } from './journal.ts';
import { brokenProtocol } from './protocol-errors.ts';
import type { Strays } from './strays.ts';

export interface UnroutedOptions {
  readonly transport: Transport;
  readonly protocol: Protocol<Messages>;
  /** Takes a frame that is no message, where the next one can be read all the same. Absent: it ends the transport. */
  readonly strayOutput?: ((frame: Frame) => void) | undefined;
  /** Takes what `route` threw, PROTOCOL_FAILED; the message is lost. Absent: it ends the transport. */
  readonly misrouted?: ((error: CarpoolError) => void) | undefined;
  /** Keeps the last messages of all conversations. */
  readonly journal?: Journal | undefined;
}

/** What comes for no session. */
const noSession: Speaker = { id: rootId };

export class Unrouted {
  readonly #options: UnroutedOptions;
  readonly #strays: Strays;

  constructor(options: UnroutedOptions, strays: Strays) {
    this.#options = options;
    this.#strays = strays;
  }

  /** A message that no conversation and no call takes. @param why half a sentence */
  stray(frame: Frame, why: string): void {
    this.#strays.add(frame, why);
    this.#came();
  }

  /** `route` has thrown this. */
  failed(frame: Frame, thrown: unknown): void {
    const { protocol, transport, strayOutput, misrouted } = this.#options;
    const readable = canBeRead(frame);
    if (strayOutput !== undefined && readable === 'no message') {
      this.#came();
      strayOutput(frame);
      return;
    }
    if (misrouted === undefined || readable !== 'yes' || isCarpoolError(thrown)) {
      transport.abort(asCarpoolError(thrown, 'FRAME_MALFORMED', 'Cannot read a message'));
      return;
    }
    const error = brokenProtocol('route', protocol.name, thrown);
    this.stray(frame, error.message.split('\n', 1)[0] ?? '');
    misrouted(error);
  }

  /** True for a line such as `42`, which is JSON and no message. Only what is for no session is looked at. */
  takes(route: Route, frame: Frame): boolean {
    const { strayOutput } = this.#options;
    if (strayOutput === undefined || route.as !== 'event' || route.to !== undefined) return false;
    if (canBeRead(frame) !== 'no message') return false;
    this.#came();
    strayOutput(frame);
    return true;
  }

  /** The other side is not silent. */
  #came(): void {
    this.#options.journal?.add('in', noSession, 0);
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
