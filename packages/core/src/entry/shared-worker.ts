/** `carpool/shared-worker`: your own programs that live as long as the run, for tests of every runner. */
export {
  registerSharedWorker,
  type ConfigOptions,
  type FilenameOptions,
  type NameOptions,
} from '../test-api/shared-worker/register.ts';
export type { SharedWorkerNames, SharedWorkerOf, SharedWorkersConfig } from '../config/define-shared-worker.ts';
export type { SharedWorker } from '../wire/shared-worker-types.ts';
export type { ErrorCode } from '../base/error-kinds.ts';
export { CarpoolError, isCarpoolError } from '../base/errors.ts';
