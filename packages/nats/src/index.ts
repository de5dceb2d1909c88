/** `@carpool/nats`: what hosts of one run on several machines share, over NATS. */
export { nats } from './nats.ts';
export type { NatsOptions } from './types.ts';
