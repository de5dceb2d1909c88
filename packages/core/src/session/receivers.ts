/**
 * Which conversation a message of the other side is for: by the ids that each of them owns, or by the key of the request
 * that it answers.
 */
import type { Frame } from '../codec/frame.ts';
import type { Adopted, WireId } from '../protocol/protocol.ts';
import type { Receiver } from './connection.ts';
import { takenError } from './errors.ts';
import type { OwnRoute } from './incoming.ts';
import type { Strays } from './strays.ts';
import { WaitingKeys } from './waiting-keys.ts';

export interface ReceiversOptions {
  /** The conversation with the child itself, outside all sessions. */
  readonly root: () => Receiver;
  /** All others that are not closed. */
  readonly sessions: () => Iterable<Receiver>;
  readonly strays: Strays;
}

export class Receivers {
  readonly #options: ReceiversOptions;
  readonly #byWireId = new Map<WireId, Receiver>();
  /** Absent until the first reply that names no session. */
  keys: WaitingKeys<Receiver> | undefined;

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
  find(route: OwnRoute): Receiver | undefined {
    const { to } = route;
    if (typeof to === 'object') return 'key' in route ? this.#waiting.find(route.key) : undefined;
    return to === undefined ? this.#options.root() : this.#byWireId.get(to);
  }

  /** Half a sentence: why `find` has found none. */
  whyNone(route: OwnRoute): string {
    if (typeof route.to === 'object' && 'key' in route) return this.#waiting.whyNone(route.key);
    return `for session ${JSON.stringify(route.to)}, which is not open`;
  }

  get #waiting(): WaitingKeys<Receiver> {
    const { root, sessions } = this.#options;
    return (this.keys ??= new WaitingKeys([root(), ...sessions()]));
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
