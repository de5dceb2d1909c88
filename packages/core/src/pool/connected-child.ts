/** What a generation speaks with: a child that is started, or in its place the recordings of its pool. */
import type { Clock } from '../base/clock.ts';
import { noop } from '../base/noop.ts';
import { within } from '../base/wait.ts';
import type { Codec } from '../codec/codec.ts';
import type { Child } from '../process/child.ts';
import type { Messages, Protocol } from '../protocol/protocol.ts';
import type { ReplayBook } from '../replay/replay-book.ts';
import type { ReplayConnection } from '../replay/replay-connection.ts';
import { StreamTransport } from '../transport/stream.ts';
import type { Transport } from '../transport/transport.ts';
import type { PoolFaults } from './faults.ts';
import { launch, type Launched, type PlaceSources } from './launch.ts';
import type { PoolSettings } from './options.ts';
import type { ServedChild } from './served-child.ts';
import type { StartProgress } from './start-progress.ts';

export interface ConnectOptions extends PlaceSources {
  readonly settings: PoolSettings;
  readonly clock: Clock;
  /** Gives up a start: the child is killed, and the start fails with the reason. */
  readonly signal: AbortSignal;
  readonly onStderr?: ((text: Uint8Array) => void) | undefined;
  /** As in `PoolEnvironment`. */
  readonly replay?: ReplayBook | undefined;
  /** Takes how far the start has come. */
  readonly progress: StartProgress;
  /** Takes what goes wrong and fails no call. */
  readonly faults: PoolFaults;
}

export interface ConnectedChild {
  readonly child: Child;
  readonly protocol: Protocol<Messages>;
  readonly transport: Transport;
  /** No process runs: this answers. */
  readonly replay?: ReplayConnection | undefined;
}

/** @throws CarpoolError CHILD_NOT_STARTED, CONFIG_INVALID; for a server of which recordings are wanted, NOT_RECORDED */
export async function connectChild(
  options: ConnectOptions,
  codec: Codec,
  served: ServedChild | undefined,
): Promise<ConnectedChild> {
  const { settings, clock, signal, replay } = options;
  if (replay !== undefined) return await replayed(options, codec, replay);
  const expired = (): Error => new Error('unreachable: what is waited for has a deadline of its own');
  // Of a server it is known when that runs. Any other is made first: one that cannot be made has started nothing.
  const speaker: { readonly protocol: Protocol<Messages> } = served ?? { protocol: settings.protocol() };
  const late = ({ child: unwanted }: Launched): void => void unwanted.kill().catch(noop);
  const starting = launch({
    ...options,
    onLog: served?.onLog,
    warn: (message) => options.faults.leftBehind(message),
  });
  const launched = await within(starting, { clock, signal, expired, late });
  const { child } = launched;
  served?.launched(launched);
  options.progress.child = child;
  options.progress.step = served && (() => served.step);
  const { maxFrameBytes } = settings;
  const transport =
    served?.transport ?? new StreamTransport(child.output, child.input, { codec, limits: { maxFrameBytes } });
  return { child, protocol: speaker.protocol, transport };
}

async function replayed(
  { settings, clock }: ConnectOptions,
  { format }: Codec,
  book: ReplayBook,
): Promise<ConnectedChild> {
  // Loaded where something is replayed.
  const [{ ReplayConnection, serverNotReplayed }, { replayedChild }] = await Promise.all([
    import('../replay/replay-connection.ts'),
    import('./replayed-child.ts'),
  ]);
  const { pool, place } = book.source;
  if (settings.server !== undefined) throw serverNotReplayed(pool, place);
  const replay = new ReplayConnection({ book, protocol: settings.protocol(), format, clock });
  const child = await replayedChild(clock, () => replay.close());
  return { child, protocol: replay.protocol, transport: replay, replay };
}
