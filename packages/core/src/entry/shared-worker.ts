/** `carpool/shared-worker`: a program of yours that lives as long as the run, for tests of every runner. */
export {
  registerSharedWorker,
  type ConfigOptions,
  type FilenameOptions,
  type NameOptions,
} from '../test-api/shared-worker/register.ts';
export type { SharedWorker } from '../wire/shared-worker-types.ts';
export { CarpoolError, isCarpoolError, type ErrorCode } from '../base/errors.ts';
