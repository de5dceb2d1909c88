/** The `test` of all examples: every test that asks for `renderer` gets a session of its own on the shared renderer. */
import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

export const test = withPools(config);
