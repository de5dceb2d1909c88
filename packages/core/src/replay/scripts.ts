/** The recordings of open sessions, each read once: several sessions may look into the same one. */
import type { Recording } from './recorded-session.ts';
import { scriptOf, type Compared, type Script } from './replayed-session.ts';

export class Scripts {
  readonly #loading = new Map<Recording, Promise<Script>>();
  readonly #ready = new Map<Recording, Script>();

  /** @throws what `load` of the recording throws; the next call tries again */
  async load(recording: Recording, compared: Compared): Promise<Script> {
    const there = this.#loading.get(recording);
    if (there !== undefined) return await there;
    const loading = this.#load(recording, compared);
    this.#loading.set(recording, loading);
    try {
      return await loading;
    } catch (thrown) {
      this.#loading.delete(recording);
      throw thrown;
    }
  }

  /** Without waiting. */
  ready(recording: Recording): Script | undefined {
    return this.#ready.get(recording);
  }

  forget(recordings: Iterable<Recording>): void {
    for (const recording of recordings) {
      this.#loading.delete(recording);
      this.#ready.delete(recording);
    }
  }

  async #load(recording: Recording, compared: Compared): Promise<Script> {
    const script = scriptOf(await recording.load(), compared);
    // It may have been forgotten meanwhile.
    if (this.#loading.has(recording)) this.#ready.set(recording, script);
    return script;
  }
}
