/**
 * `@carpool/plushie/backend`: a session as the transport of a Plushie runtime, which speaks the renderer's protocol
 * itself and takes the renderer to be its own. It loads nothing.
 */
export { pooledBackend, type PooledBackendOptions, type SessionSource } from './backend/pooled-backend.ts';
export { pooledTransport } from './backend/pooled-transport.ts';
export type { PooledTransport } from './backend/types.ts';
