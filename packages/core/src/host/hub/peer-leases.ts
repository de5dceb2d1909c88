/** What one worker holds of what tests share: on this host, and with all hosts of its run. */
import { json } from '../../codec/json.ts';
import type { LocateBody } from '../../wire/frame-bodies.ts';
import type { CallRequest } from '../../wire/messages.ts';
import { Leases, type LeaseCall, type LeasesOptions } from './leases.ts';
import { ReachLeases } from './reach-leases.ts';
import type { SharedReach } from './shared-reach.ts';

export interface PeerLeasesOptions extends LeasesOptions {
  readonly reach: SharedReach;
}

export class PeerLeases {
  readonly #options: PeerLeasesOptions;
  readonly #own: Leases;
  /** Made by the first call for it. */
  #reach: ReachLeases | undefined;

  constructor(options: PeerLeasesOptions) {
    this.#options = options;
    this.#own = new Leases(options);
  }

  /** Answers a CALL, now or when it is its turn. False: it is not about leases. */
  answers(call: number, request: CallRequest): request is LeaseCall {
    switch (request.method) {
      case 'acquire':
      case 'reserve':
      case 'once':
      case 'settle':
        if (request.reach !== true) return this.#own.answers(call, request);
        (this.#reach ??= new ReachLeases(this.#options)).answer(call, request);
        return true;
      default:
        return false;
    }
  }

  /** RELEASE. A number is that of a lease here, or there. */
  release(number: number, body: Uint8Array): void {
    this.#own.release(number, body);
    this.#reach?.release(number, body);
  }

  /** LOCATE */
  locate(number: number, body: Uint8Array): void {
    this.#own.locate(number, body);
    this.#reach?.locate(number, (json.decode(body) as LocateBody).at);
  }

  /** The host ends. */
  stopWaiting(message: string): void {
    this.#own.stopWaiting(message);
    this.#reach?.stopWaiting(message);
  }

  /** CANCEL */
  cancel(call: number): void {
    this.#own.cancel(call);
    this.#reach?.cancel(call);
  }
}
