/** What a peer asks about runs: about the one that its connection is, on a machine's host; else about the hub's own. */
import { CarpoolError } from '../../base/errors.ts';
import type { AcceptedConnection } from '../../wire/accepted-connection.ts';
import type { HostSummary } from '../../wire/control.ts';
import { op } from '../../wire/frames.ts';
import type {
  InviteRequest,
  InviteResult,
  OpenRunRequest,
  OpenRunResult,
  RevokeRequest,
  RevokeResult,
  RunInfoResult,
} from '../../wire/machine-messages.ts';
import type { PrintBody } from '../../wire/frame-bodies.ts';
import type { CallRequest, RunEndedResult } from '../../wire/messages.ts';
import type { StatusResult } from '../../wire/status.ts';
import type { ShowsSession } from '../../pool/status.ts';
import type { WatchedFiles } from '../../process/files.ts';
import type { Owners } from './owners.ts';
import type { RemoteAccess, RunEntrance } from './remote-access.ts';

/** A run on a machine's host. */
export interface HostedRun {
  readonly opened: OpenRunResult;
  readonly summary: HostSummary;
  /** What its transcript lacks so far, a sentence. `undefined`: nothing, or there is none. */
  readonly lacks: string | undefined;
  readonly watched: WatchedFiles;
  /** It begins again, in watch mode. */
  started(): Promise<void>;
  /** Its tests have ended. */
  ended(): void;
  /** Gives back all that it has. */
  close(): Promise<void>;
  /** As `close`: the connection of its main process has ended. */
  abandoned(): Promise<void>;
}

/** The runner's main process, as its run reaches it. */
export interface Runner {
  /** Shows a text there. */
  print(text: string): void;
  /** Disconnects it. @param error why */
  hangUp(error: CarpoolError): void;
}

export type MachineStatus = Pick<StatusResult, 'runs' | 'pools' | 'leases' | 'listens' | 'bounds' | 'leaving'>;

/** The runs of a machine's host. */
export interface HostedRuns {
  /** @param entrance of a run on another machine. Default: a socket on this one */
  open(request: OpenRunRequest, runner: Runner, entrance?: RunEntrance): Promise<HostedRun>;
  /** An address for other machines. @throws CarpoolError HUB_REJECTED if it does not listen for them */
  invite(request: InviteRequest): InviteResult;
  /** Takes addresses back. @throws CarpoolError HUB_REJECTED if there are none of the name */
  revoke(request: RevokeRequest): RevokeResult;
  /** Ends the host, or one of its runs, by its id. @throws CarpoolError HUB_REJECTED if it has no such run */
  stop(run: string | undefined): Promise<void> | void;
  /** All that they have. @param most entries of each list */
  status(most: number, shows?: ShowsSession): MachineStatus;
}

const methods = [
  'runInfo',
  'openRun',
  'invite',
  'revoke',
  'closeRun',
  'summary',
  'stop',
  'runStarted',
  'runEnded',
] as const;
export type RunRequest = Extract<CallRequest, { readonly method: (typeof methods)[number] }>;

type RunAnswer =
  | RunInfoResult
  | OpenRunResult
  | InviteResult
  | RevokeResult
  | HostSummary
  | RunEndedResult
  | Record<string, never>;

export interface PeerRunOptions {
  readonly hub: {
    /** Absent in a hub that serves one run. */
    readonly runs?: HostedRuns | undefined;
    readonly runInfo: () => Promise<RunInfoResult>;
    /** Ends the host that serves this hub alone. */
    readonly stop?: (() => void) | undefined;
    readonly sharedWorkers: { ran(): void };
    run(): Promise<void>;
  };
  readonly owners: Owners;
  readonly connection: AcceptedConnection;
  /** Its process is on another machine. */
  readonly remote?: RemoteAccess | undefined;
}

export class PeerRun {
  readonly #options: PeerRunOptions;
  #opening = false;
  #run: HostedRun | undefined;

  constructor(options: PeerRunOptions) {
    this.#options = options;
  }

  /** @throws CarpoolError HUB_REJECTED for what this host does not have */
  async answer(request: RunRequest): Promise<RunAnswer> {
    const { hub } = this.#options;
    switch (request.method) {
      case 'runInfo':
        return await hub.runInfo();
      case 'openRun':
        return await this.#open(request);
      case 'invite':
        return this.#runs.invite(request);
      case 'revoke':
        return this.#runs.revoke(request);
      case 'closeRun': {
        const { summary } = this.#opened;
        await this.#opened.close();
        // Messages may find no room in the transcript while sessions end. The pools say nothing more by now.
        return { ...summary, transcript: this.#opened.lacks };
      }
      case 'summary':
        return this.#opened.summary;
      case 'stop':
        if (hub.runs === undefined && request.run === undefined && hub.stop !== undefined) hub.stop();
        else await this.#runs.stop(request.run);
        return {};
      case 'runStarted':
        await (this.#isOfHub ? hub.run() : this.#opened.started());
        return {};
      case 'runEnded':
        if (this.#isOfHub) hub.sharedWorkers.ran();
        else this.#opened.ended();
        // Files of this machine are none of another one's.
        return this.#options.remote === undefined ? (this.#run?.watched ?? {}) : {};
    }
  }

  async #open(request: OpenRunRequest): Promise<OpenRunResult> {
    if (this.#opening) throw refused('has opened its run already');
    this.#opening = true;
    const { owners, connection, remote } = this.#options;
    // Nothing of what it asks for but who it is.
    const own = remote?.opens?.(request.run, request.sessionsOnly === true) ?? { request, entrance: undefined };
    const print = (text: string): void => connection.writeJson(op.PRINT, 0, 0, { text } satisfies PrintBody);
    const hangUp = (error: CarpoolError): void => {
      connection.tellEnd(error);
      connection.hangUp();
    };
    const runner = { print, hangUp };
    const run = await this.#runs.open(own.request, runner, own.entrance);
    const close = async (): Promise<true> => {
      await run.abandoned();
      return true;
    };
    try {
      owners.hold([], close);
    } catch (thrown) {
      await close(); // its main process has ended meanwhile
      throw thrown;
    }
    this.#run = run;
    return run.opened;
  }

  /** Its run is that of the hub, and not one among many: what all of them share begins anew with none of them. */
  get #isOfHub(): boolean {
    return this.#options.hub.runs === undefined;
  }

  get #opened(): HostedRun {
    if (this.#run === undefined) throw refused('has opened no run');
    return this.#run;
  }

  get #runs(): HostedRuns {
    const { runs } = this.#options.hub;
    if (runs === undefined) throw refused('asks the host of one run for what only the host of a machine has');
    return runs;
  }
}

function refused(why: string): CarpoolError {
  return new CarpoolError('HUB_REJECTED', `The host refused a call: this process ${why}`, {
    scope: 'call',
    blame: 'carpool',
  });
}
