/** What all workers of a run share beside the pools: the ledger, reserved values, and what is computed once. */
import { Ledger } from './ledger.ts';
import { OnceValues, type Forgotten, type RunLives } from './once-values.ts';
import { Reservations } from './reservations.ts';

export interface CoordinationOptions {
  readonly forgotten?: Forgotten | undefined;
  /** On a host of many runs: whether one of them goes on. */
  readonly runLives?: RunLives | undefined;
  /** Where ports are reserved. Default: here. */
  readonly ports?: Reservations | undefined;
}

export class Coordination {
  readonly ledger: Ledger = new Ledger();
  readonly reservations: Reservations;
  readonly onces: OnceValues;

  constructor({ forgotten, runLives, ports }: CoordinationOptions = {}) {
    this.onces = new OnceValues(this.ledger, forgotten, runLives);
    this.reservations = new Reservations(ports);
  }

  /** A new run begins: values are computed again, and unused names may come back as something else. */
  renew(): void {
    this.onces.renew();
    this.ledger.renew();
  }
}
