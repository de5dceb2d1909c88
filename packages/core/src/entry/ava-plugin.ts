/** `carpool/ava-plugin`: stands in for `ava/plugin`, so that plugins published for AVA work under every runner. */
export { registerAvaWorker as registerSharedWorker } from '../test-api/shared-worker/register.ts';
export type { SharedWorker } from '../wire/shared-worker-types.ts';
