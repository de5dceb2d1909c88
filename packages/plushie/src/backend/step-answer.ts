/**
 * What a runtime says to a step, while its handler runs. The renderer takes one message as the answer, and the next one as
 * the answer to its next step, which then finds an old tree: letters are lost. But plushie-typescript's runtime sends a
 * patch for each event of a step, and its TestSession a snapshot after them. So trees wait until the handler has returned.
 * A snapshot holds all that was said before it; patches become one.
 */
type Message = Record<string, unknown>;

export class StepAnswer {
  #trees: Message[] = [];

  /** Whether `message` waits here. */
  takes(message: Message): boolean {
    switch (message['type']) {
      case 'patch':
        this.#trees.push(message);
        return true;
      case 'snapshot':
        this.#trees = [message];
        return true;
      case 'reset':
        this.#trees = [];
        return false;
      default:
        return false;
    }
  }

  /** What is to be sent now: one message, but for a patch after a snapshot. */
  all(): readonly Message[] {
    const [first, ...others] = this.#trees;
    if (first === undefined || others.length === 0) return this.#trees;
    const ops = this.#trees.map((tree) => tree['ops']);
    // A snapshot has none, and what is no patch is the renderer's to refuse.
    return ops.every(Array.isArray) ? [{ ...first, ops: ops.flat() }] : this.#trees;
  }
}
