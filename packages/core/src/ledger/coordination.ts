/** What all workers of a run share beside the pools: the ledger, reserved values, and what is computed once. */
import type { ErrorRecord } from '../base/errors.ts';
import { Ledger } from './ledger.ts';
import { OnceValues } from './once-values.ts';
import { Reservations } from './reservations.ts';

export class Coordination {
  readonly ledger: Ledger = new Ledger();
  readonly reservations: Reservations = new Reservations();
  readonly onces: OnceValues<ErrorRecord> = new OnceValues(this.ledger);

  /** A new run begins: values are computed again, and unused names may come back as something else. */
  renew(): void {
    this.onces.renew();
    this.ledger.renew();
  }
}
