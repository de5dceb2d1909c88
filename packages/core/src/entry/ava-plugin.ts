/** `carpool/ava-plugin`: stands in for `ava/plugin`, so that plugins published for AVA work under every runner. */
export { registerAvaWorker as registerSharedWorker } from '../shared-worker/plugin.ts';
export type { SharedWorker } from '../shared-worker/types.ts';
