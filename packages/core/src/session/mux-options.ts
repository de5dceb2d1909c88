/** What a mux is made of, and what begins one of its conversations. */
import type { CancelSignal } from '../base/cancellation.ts';
import type { Clock } from '../base/clock.ts';
import type { CarpoolError } from '../base/errors.ts';
import type { HolderLabel } from '../base/holder-label.ts';
import type { Format } from '../codec/codec.ts';
import type { Connection } from './connection.ts';
import type { Doubt, Listener, RecordingOptions } from './listener.ts';
import type { LoggedErrors } from './logged-errors.ts';
import type { LossesOptions } from './losses.ts';
import type { Strays } from './strays.ts';
import type { Losses, UnroutedOptions } from './unrouted.ts';

export interface MuxOptions extends UnroutedOptions {
  readonly format: Format;
  readonly clock: Clock;
  /** Bytes that may wait for the other side to take them. Default 256 MiB. */
  readonly maxBacklogBytes?: number | undefined;
  /** Called once when the transport has ended. The mux's owner then calls `fail` with the best reason it can find. */
  readonly closed: (reason: CarpoolError | undefined) => void;
  /** See there. Default: it is an event, no more. */
  readonly diagnosed?: Connection['diagnosed'];
  /** The end of the other side is kept for the end of its sessions, as diagnostics are: they may not learn it otherwise. */
  readonly reportsEnd?: boolean | undefined;
  /** As in `Connection`. */
  readonly record?: Connection['record'];
  /** Keeps what no conversation and no call takes. Default: its own. */
  readonly strays?: Strays | undefined;
  /** Keeps the errors that the other side logs. Absent: nothing does. */
  readonly logged?: LoggedErrors | undefined;
  /** Makes what fails the exchanges whose message is lost. Default: they wait for their deadline. */
  readonly losses?: ((options: LossesOptions) => Losses) | undefined;
  /** Milliseconds by which the confirmation of an end may be late. Default 0. */
  readonly grace?: number | undefined;
}

export interface OpenOptions extends RecordingOptions {
  /** For errors, and `freshId` of the protocol: not used before on this transport. */
  readonly id: string;
  readonly listener: Listener;
  /** Milliseconds for the protocol's `open`. */
  readonly timeout: number;
  /** Gives up opening. */
  readonly signal?: CancelSignal | undefined;
  /** Whose it is, for the errors of others. */
  readonly holder?: HolderLabel | undefined;
  /** Its end begins. */
  readonly ends?: ((doubt: Doubt | undefined) => void) | undefined;
}
