import type config from './carpool.config.ts';

declare module 'carpool' {
  interface Register {
    readonly config: typeof config;
  }
}
