/** What a generation has instead of messages where its child is a server. */
import { setImmediate } from 'node:timers/promises';
import { CarpoolError, isCarpoolError, type Evidence } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/thrown.ts';
import { within } from '../base/wait.ts';
import type { Child, ChildOptions } from '../process/child.ts';
import { isFree } from '../process/port-check.ts';
import { LogLines } from '../server/log-lines.ts';
import { LogTransport } from '../server/log-transport.ts';
import { serverProtocol, type ServerProtocol } from '../server/protocol.ts';
import { RunningServer, type StartStep } from '../server/running-server.ts';
import type { ServerPart } from '../server/types.ts';
import { evidenceOf } from './child-end.ts';
import type { PoolFaults } from './faults.ts';
import type { Launched } from './launch.ts';
import type { PoolSettings } from './options.ts';

/** Processes that are started for one server: the first, and others where another program had taken the port of the one before. */
const mostPorts = 4;

export interface ServedChildOptions {
  readonly settings: PoolSettings;
  readonly server: ServerPart;
  readonly clock: Clock;
  readonly faults: PoolFaults;
  /** Gives up the start. */
  readonly signal: AbortSignal;
}

/** Known when its process runs. */
interface Served {
  readonly child: Child;
  readonly protocol: ServerProtocol;
  readonly transport: LogTransport;
  readonly server: RunningServer;
}

export class ServedChild {
  readonly onLog: ChildOptions['onLog'];
  /** A session was opened on it. */
  used = false;
  readonly #options: ServedChildOptions;
  readonly #lines: LogLines | undefined;
  readonly #ended = new AbortController();
  #launched: Served | undefined;

  constructor(options: ServedChildOptions) {
    const { ready } = options.server;
    this.#options = options;
    const lines = typeof ready === 'object' && 'line' in ready ? new LogLines(ready.line) : undefined;
    this.#lines = lines;
    this.onLog = lines && ((chunk, from) => lines.push(chunk, from));
  }

  /** Before any other use. */
  launched({ child, place }: Launched): void {
    const { settings, server: part, clock, faults, signal } = this.#options;
    const transport = new LogTransport(child);
    const server = new RunningServer(settings.name, child, place);
    const protocol = serverProtocol({
      pool: settings.name,
      server,
      part,
      lines: this.#lines,
      clock,
      closeTimeout: settings.closeTimeout,
      endsAwaited: settings.diagnostics === 'fail' || settings.leaks === 'fail',
      ended: AbortSignal.any([this.#ended.signal, signal]),
      used: () => (this.used = true),
      holderOf: (session) => faults.holderOf(session),
      diagnose: (diagnostic) => transport.diagnose(diagnostic),
    });
    this.#launched = { child, protocol, transport, server };
  }

  get protocol(): ServerProtocol {
    return this.#known.protocol;
  }

  get transport(): LogTransport {
    return this.#known.transport;
  }

  /** What its start waits for. */
  get step(): StartStep | undefined {
    return this.#launched?.server.step?.();
  }

  /** Milliseconds that it needs to be found ready; 0 where it was not asked so far. */
  get readyIn(): number {
    const { readyIn } = this.#known.server;
    return Number.isFinite(readyIn) ? readyIn : 0;
  }

  /** What its end would break is connected to it. One that does not say so within `probeTimeout` ends with the run. */
  async inUse(): Promise<boolean> {
    const { settings, clock, faults } = this.#options;
    const { probeTimeout: timeout } = settings;
    const late = new AbortController();
    const expired = (): Error => new Error(`it did not end within ${Math.round(timeout)} ms`);
    const signal = AbortSignal.any([this.#ended.signal, late.signal]);
    try {
      return await within(this.protocol.inUse(signal), { clock, timeout, signal, expired });
    } catch (thrown) {
      // One that has ended breaks nothing any more, and has said why.
      if (!this.#ended.signal.aborted) faults.useUnknown(messageOf(thrown));
      return false;
    } finally {
      late.abort();
    }
  }

  /** What it has printed so far. Its start has failed: what it prints because it is killed for that says nothing of why. */
  async printed(): Promise<Evidence> {
    // What stands in its pipes already is read in this turn of the event loop.
    await setImmediate();
    return evidenceOf(this.#known.child);
  }

  /** Its process has ended. */
  ended(error: CarpoolError): void {
    this.#ended.abort(error);
  }

  /** Whether it ended because another program had taken its port between the look and the start. */
  async lostItsPort(error: unknown): Promise<boolean> {
    const port = this.#launched?.server.place.port;
    if (port === undefined || !isCarpoolError(error, 'CHILD_EXITED')) return false;
    return !(await isFree(port).catch(() => true));
  }

  get #known(): Served {
    if (this.#launched === undefined) throw new CarpoolError('SESSION_MISUSED', 'The server has not been started');
    return this.#launched;
  }
}

type OnFailure = (thrown: unknown) => Promise<never>;

/** Starts it again, on another port, where another program has taken the first. */
export async function retryingTakenPorts<T>(
  start: (failed: (served: ServedChild) => OnFailure) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    let taken = false;
    const failed = (served: ServedChild) => async (thrown: unknown) => {
      taken = await served.lostItsPort(thrown);
      throw thrown;
    };
    try {
      return await start(failed);
    } catch (thrown) {
      if (!taken || attempt === mostPorts) throw thrown;
    }
  }
}
