/** Which conversation a message of the other side is for: by the ids that each of them owns. */
import type { Frame } from '../codec/frame.ts';
import type { Adopted, Route, WireId } from '../protocol/protocol.ts';
import type { Receiver } from './connection.ts';
import { takenError } from './errors.ts';
import type { Strays } from './strays.ts';

export interface ReceiversOptions {
  /** The conversation with the child itself, outside all sessions. */
  readonly root: () => Receiver;
  readonly strays: Strays;
}

export class Receivers {
  readonly #options: ReceiversOptions;
  readonly #byWireId = new Map<WireId, Receiver>();

  constructor(options: ReceiversOptions) {
    this.#options = options;
  }

  /** Messages under this id go to it from now on. @throws CarpoolError SESSION_REFUSED if another has it */
  adopt(wireId: WireId, receiver: Receiver): void {
    const owner = this.#byWireId.get(wireId);
    // One whose end was not confirmed keeps its ids; a child that gives one of them to a new session has ended it.
    if (owner !== undefined && owner !== receiver && !owner.over) throw takenError(wireId, owner.id, receiver.id);
    this.#byWireId.set(wireId, receiver);
  }

  forget(wireIds: Iterable<WireId>): void {
    for (const wireId of wireIds) this.#byWireId.delete(wireId);
  }

  clear(): void {
    this.#byWireId.clear();
  }

  /** `undefined`: it is for a session that is not open. */
  find({ to }: Exclude<Route, { as: 'unknown' }>): Receiver | undefined {
    return to === undefined ? this.#options.root() : this.#byWireId.get(to);
  }

  /** The ids that the route of a message of this receiver names. @throws CarpoolError SESSION_REFUSED if another has one */
  adoptAll(wireIds: NonNullable<Adopted>, receiver: Receiver, frame: Frame): void {
    const { root, strays } = this.#options;
    // What still comes for one that has ended is dropped, under whatever id.
    if (receiver.over) return;
    const all = typeof wireIds === 'object' ? wireIds : [wireIds];
    if (receiver !== root()) for (const wireId of all) receiver.port.adopt(wireId);
    else strays.add(frame, `\`route\` gives the id ${JSON.stringify(all[0])} to no session`);
  }
}
