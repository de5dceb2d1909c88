/** What all workers of a run share beside the pools: the ledger, reserved values, and what is computed once. */
import { Ledger } from './ledger.ts';
import { OnceValues, type Forgotten } from './once-values.ts';
import { Reservations } from './reservations.ts';

export class Coordination {
  readonly ledger: Ledger = new Ledger();
  readonly reservations: Reservations = new Reservations();
  readonly onces: OnceValues;

  constructor(forgotten?: Forgotten) {
    this.onces = new OnceValues(this.ledger, forgotten);
  }

  /** A new run begins: values are computed again, and unused names may come back as something else. */
  renew(): void {
    this.onces.renew();
    this.ledger.renew();
  }
}
