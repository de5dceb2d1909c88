/**
 * One life of the child: started, greeted, serving sessions, gone. A session dies with the generation it was opened in;
 * a new generation serves new sessions only.
 *
 *   start ──hello──▶ serving ──stop──▶ gone(error | undefined)
 *     └── not started, no hello, wrong version ─▶ rejects, and nothing is left behind
 */
import { CarpoolError, isCarpoolError, type Evidence } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import type { RecordedPool } from '../base/transcript-keeper.ts';
import { within } from '../base/wait.ts';
import type { Codec } from '../codec/codec.ts';
import { loadCodec } from '../codec/codecs.ts';
import type { Child, Printed } from '../process/child.ts';
import { describeDoing } from '../process/doing.ts';
import type { Messages, Opened, Protocol } from '../protocol/protocol.ts';
import { Journal } from '../session/journal.ts';
import { failingLosses } from '../session/losses.ts';
import { LoggedErrors } from '../session/logged-errors.ts';
import { Mux } from '../session/mux.ts';
import type { Told } from '../session/passing.ts';
import { SessionRecord } from '../session/session-record.ts';
import type { OpenOptions } from '../session/mux-options.ts';
import type { Conversation } from '../session/conversation.ts';
import { Strays } from '../session/strays.ts';
import type { ReplayConnection } from '../replay/replay-connection.ts';
import {
  becauseOf,
  evidenceOf,
  evidenceOfSession,
  fatalLine,
  startFailure,
  whyItEnded,
  withEvidence,
} from './child-end.ts';
import { Liveness } from './liveness.ts';
import { connectChild, type ConnectOptions } from './connected-child.ts';
import type { PoolSettings } from './options.ts';
import type { LifeKind } from './restart.ts';
import type { ServedChild } from './served-child.ts';
import { takeStray } from './stray-output.ts';
import type { Notices } from './wait-notices.ts';

export interface GenerationOptions extends ConnectOptions {
  /** As in `PoolEnvironment`. */
  readonly source?: (() => Promise<PoolSettings>) | undefined;
  /** Is told each message of it. */
  readonly passing?: Told | undefined;
  /** As in `PoolEnvironment`. */
  readonly transcript?: RecordedPool | undefined;
  /** Takes what is waited for. */
  readonly notices?: Notices | undefined;
  /** Its output has ended, so that it takes no more sessions. The reason comes with `ended`. */
  readonly dying: () => void;
  /** Once, when it is over; also after `stop`. `error` says why it ended by itself. `life`: whether it was of any use. */
  readonly ended: (error: CarpoolError | undefined, life: LifeKind) => void;
}

interface Parts {
  readonly options: GenerationOptions;
  readonly child: Child;
  readonly mux: Mux;
  readonly codec: Codec;
  readonly protocol: Protocol<Messages>;
  readonly hello: unknown;
  readonly logged: LoggedErrors;
  readonly served: ServedChild | undefined;
  readonly journal: Journal;
  readonly replay: ReplayConnection | undefined;
}

export class Generation {
  readonly hello: unknown;
  readonly codec: Codec;
  /** Of this child alone, where the config makes one for each. */
  readonly protocol: Protocol<Messages>;
  readonly child: Child;
  /** A session without `params` was opened on it. */
  hasOpened = false;
  readonly #mux: Mux;
  readonly #logged: LoggedErrors;
  readonly #served: ServedChild | undefined;
  readonly #replay: ReplayConnection | undefined;
  readonly #journal: Journal;
  readonly #options: GenerationOptions;
  readonly liveness: Liveness;
  #stopping = false;

  private constructor({ options, child, mux, codec, protocol, hello, logged, served, journal, replay }: Parts) {
    this.#journal = journal;
    this.#replay = replay;
    this.#options = options;
    this.#served = served;
    this.child = child;
    this.#mux = mux;
    this.#logged = logged;
    this.codec = codec;
    this.protocol = protocol;
    this.hello = hello;
    const { settings, faults } = options;
    const [readyIn, probed] = [() => served?.readyIn ?? 0, () => served?.protocol.probed()];
    this.liveness = new Liveness({ settings, faults, child, mux, protocol, readyIn, probed });
  }

  /**
   * @throws CarpoolError CHILD_NOT_STARTED, CHILD_NO_HELLO, CHILD_NOT_READY, CHILD_VERSION, CHILD_EXITED, FRAME_*,
   * CONFIG_INVALID
   */
  static async start(given: GenerationOptions): Promise<Generation> {
    const { clock, signal, source } = given;
    const expired = (): Error => new Error('unreachable: what a child is made from has no deadline of its own');
    const settings = source === undefined ? given.settings : await within(source(), { clock, signal, expired });
    const options = { ...given, settings };
    const { server } = settings;
    if (server === undefined || options.replay !== undefined) return await Generation.#startOnce(options);
    const { ServedChild, retryingTakenPorts } = await import('./served-child.ts');
    return await retryingTakenPorts((taken) => {
      const served = new ServedChild({ ...options, server });
      return Generation.#startOnce(options, served).catch(taken(served));
    });
  }

  static async #startOnce(options: GenerationOptions, served?: ServedChild): Promise<Generation> {
    const { settings, clock, signal } = options;
    const expired = (): Error => new Error('unreachable: what is waited for has a deadline of its own');
    const codec = await loadCodec(settings.codec);
    const { child, protocol, transport, replay } = await connectChild(options, codec, served);
    const over = Promise.withResolvers<CarpoolError>();
    const { faults, transcript: ofPool } = options;
    const journal = new Journal(settings.name, options.passing);
    const strays = new Strays(faults.strays);
    const logged = new LoggedErrors(clock, (error) => faults.logged(error));
    let generation: Generation | undefined;
    const mux = new Mux({
      transport,
      protocol,
      format: codec.format,
      clock,
      diagnosed: faults.diagnosedBy(settings.diagnostics),
      reportsEnd: served !== undefined,
      journal,
      strays,
      logged,
      record: (speaker, { params, transcript = ofPool }) => {
        if (transcript === undefined) return undefined;
        const pid = replay === undefined ? child.pid : undefined;
        return new SessionRecord({ ...transcript, protocol, pid, hello: generation?.hello }, speaker, params);
      },
      strayOutput: settings.strayOutput === 'pass' ? (frame) => takeStray(frame, strays, faults) : undefined,
      losses: failingLosses,
      fatalOutput: (frame, error) => fatalLine(settings, frame, error),
      misrouted: (error) => faults.misrouted(error),
      closed: (reason) => {
        // The start of a server may go on with another process.
        if (served === undefined || generation !== undefined) options.dying();
        const ended = whyItEnded({ settings, clock, child, mux, journal, logged }, reason);
        void ended.then((why) => over.resolve(generation === undefined ? why : (generation.liveness.killedFor ?? why)));
      },
    });
    void over.promise.then((error) => {
      logged.mute();
      mux.fail({ by: 'child', at: clock.now(), reason: becauseOf(error), error });
      const life = journal.heard || served?.used === true ? 'life' : 'useless life';
      served?.ended(error);
      if (generation !== undefined) options.ended(generation.#stopping ? undefined : error, life);
    });
    try {
      const greeting = Promise.race([
        mux.hello(served === undefined ? settings.helloTimeout : Infinity),
        over.promise.then(failed),
      ]);
      const hello = await within(greeting, { clock, signal, expired });
      generation = new Generation({ options, child, mux, codec, protocol, hello, logged, served, journal, replay });
      return generation;
    } catch (thrown) {
      // The root's own "closed" is the echo of the end; the end itself says why.
      const error = isCarpoolError(thrown, 'SESSION_CLOSED') ? await over.promise : thrown;
      const printed = await served?.printed();
      await child.kill();
      options.progress.again();
      const found = { messages: mux.root.recent.describe(), strays: strays.since(0), printed };
      throw withEvidence(startFailure(error, settings.name, protocol), { child, pool: settings.name, ...found });
    }
  }

  get sessions(): number {
    return this.#mux.size;
  }

  /** Messages so far, both ways. */
  get messages(): number {
    return this.#journal.count;
  }

  /** A message of it has come, be it its hello. A server that is ready has shown that it runs. */
  get hasSpoken(): boolean {
    return this.#served !== undefined || this.#journal.spoken;
  }

  open(options: OpenOptions): { readonly conversation: Conversation; readonly opened: Promise<Opened> } {
    const { id, holder, params } = options;
    const begun = this.#mux.open(
      this.#replay === undefined ? options : { ...options, id: this.#replay.begin(id, holder, params) },
    );
    if (options.params === undefined) begun.opened.then(() => (this.hasOpened = true), noop);
    return begun;
  }

  /** What it is for a session. In a replay, each has the hello of the child on which it was recorded. */
  seenBy({ id }: Conversation): Pick<Generation, 'hello' | 'codec' | 'protocol'> {
    const { hello, codec, protocol } = this;
    return { hello: this.#replay === undefined ? hello : this.#replay.helloOf(id), codec, protocol };
  }

  /** The child keeps this process running. */
  ref(): void {
    this.child.ref();
  }

  /** It does not. */
  unref(): void {
    this.child.unref();
  }

  /** @param began for a session that has begun then. Default: all that is known */
  evidence(began?: Printed): Evidence {
    return began === undefined ? evidenceOf(this.child) : evidenceOfSession(this.child, began, this.#options.settings);
  }

  /** Of its process. Absent: it is a replay, and none runs. */
  get pid(): number | undefined {
    return this.#replay === undefined ? this.child.pid : undefined;
  }

  /**
   * It is known when it could serve. Without a hello its process was there, which may have had much to do before that; of a
   * replay none runs.
   */
  get saysReady(): boolean {
    return this.protocol.hello !== undefined && this.#replay === undefined;
  }

  /** Half a sentence on its process, where the system shows it. */
  async doing(): Promise<string | undefined> {
    const { pid } = this;
    return pid === undefined ? undefined : await describeDoing(pid, this.#silence());
  }

  /** Half a sentence on one of which nothing has come, and which may still be starting. */
  #silence(): string | undefined {
    if (this.hasSpoken) return undefined;
    const hint =
      this.protocol.hello === undefined ? '; a `hello` in its protocol makes sessions wait for its start' : '';
    const seconds = (this.child.age() / 1_000).toFixed(1);
    return `the child was started ${seconds} s ago, and has sent no message so far${hint}`;
  }

  /** A test has this session from now on. @returns whether it waits for the end of that */
  begins(session: string): boolean {
    const { diagnostics, leaks } = this.#options.settings;
    return this.#served?.protocol.begins(session) ?? (diagnostics === 'fail' || leaks === 'fail');
  }

  /** Something is connected to it that its end would break. */
  async inUse(): Promise<boolean> {
    return (await this.#served?.inUse()) ?? false;
  }

  /** Asks the child to end, and makes sure that it does. @throws CarpoolError CHILD_UNKILLABLE */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#logged.mute();
    const { stopTimeout, server } = this.#options.settings;
    const { protocol } = this;
    const goodbye = protocol.goodbye && (() => protocol.goodbye?.(this.#mux.root.port));
    const deadlines = { goodbye: stopTimeout, endOfInput: stopTimeout, terminate: stopTimeout };
    await this.child.stop({ goodbye, signal: server?.stopSignal, deadlines });
  }

  /** Resolves when the last session has ended. */
  async drained(): Promise<void> {
    await this.#mux.drained();
  }
}

function failed(error: CarpoolError): never {
  throw error;
}
