/**
 * What a process on another machine may do here. It names no file, no program and no environment of this machine, and ends
 * nothing that is others'.
 */
import type { Socket } from 'node:net';
import type { HolderRun } from '../../base/holder-label.ts';
import { CarpoolError } from '../../base/errors.ts';
import type { OpenRunRequest, OpenRunResult, RunInfo } from '../../wire/machine-messages.ts';
import type { CallRequest } from '../../wire/messages.ts';

export interface RemoteAccess {
  /** The name of its address, for others. */
  readonly name: string;
  /** The listener knows its token; otherwise the hub looks at it. */
  readonly admitted: boolean;
  /** Why it is refused nevertheless. */
  readonly fault?: string | undefined;
  /** Opens its run: what was asked, with the project of this machine. Absent: it may open none. */
  readonly opens?:
    | ((run: RunInfo, sessionsOnly: boolean) => { readonly request: OpenRunRequest; readonly entrance: RunEntrance })
    | undefined;
  /** The run that it is part of, or what stands for one. What it says itself is not looked at. */
  readonly run?: HolderRun | undefined;
}

/** How the workers of a run come in that are on another machine. */
export interface RunEntrance {
  /** The name of the address by which the run has come. */
  readonly name: string;
  /** From now on they may. */
  open(run: { readonly hub: RemoteHub; readonly label: HolderRun; readonly token: string }): OpenEntrance;
}

export interface OpenEntrance extends Pick<OpenRunResult, 'address'> {
  /** As in `runInfo`. */
  readonly machine: string;
  close(): void;
}

/** A hub, as a listener for other machines needs it. */
export interface RemoteHub {
  accept(socket: Socket, remote: RemoteAccess): void;
  /** Its sessions' tokens, for processes that join one. */
  readonly sessionTokens: { find(shown: string): unknown; all(): Iterable<string> };
  readonly sharedWorkers: { listensAt(path: string): boolean };
}

/** Bytes of a value of `once` that is sent to another machine, which cannot read the file of it. */
export const inlineValueBytes: number = 16 * 1024 * 1024;

/** Why a call of it is refused, if it is. */
export function remoteRefusal(request: CallRequest, { opens }: RemoteAccess): CarpoolError | undefined {
  switch (request.method) {
    case 'openRun':
      return opens === undefined ? refused('this address opens no run', 'carpool') : undefined;
    case 'stop':
      return refused('a run or a host is ended on its own machine, by `carpool stop`', 'test');
    case 'invite':
    case 'revoke':
      return refused(
        'addresses for other machines are given out, and taken back, by `carpool address`, on the machine of the host',
        'test',
      );
    case 'observe':
      return refused('messages are shown on the machine of the host alone', 'test');
    case 'sharedWorker':
      return request.filename === undefined
        ? undefined
        : refused(
            'a shared worker runs on the machine of the host, which does not take the name of a file from another one; name it in the config there, `defineConfig({ sharedWorkers: { … } })`, and register it by that name',
            'setup',
          );
    case 'once':
      return request.cleanup === undefined && request.lost === undefined
        ? undefined
        : refused(
            '`cleanup` of `once` runs on the machine of the host, which does not take the name of a file from another one; leave it out, or run these tests on that machine',
            'test',
          );
    default:
      return undefined;
  }
}

function refused(why: string, blame: 'carpool' | 'setup' | 'test'): CarpoolError {
  const message = `The host refused a call from another machine: ${why}`;
  return new CarpoolError('HUB_REJECTED', message, { scope: 'call', blame });
}
