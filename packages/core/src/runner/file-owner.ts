/** The owner of a test file: besides what its tests hold, its seats in shared workers. */
import { Owner } from './owner.ts';

export class FileOwner extends Owner {
  /**
   * Resolves when the shared workers that the file has registered so far are ready.
   * @throws CarpoolError WORKER_FAILED, WORKER_PROTOCOL
   */
  async ready(): Promise<void> {}
}
