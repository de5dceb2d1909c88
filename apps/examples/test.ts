/** The `test` of all examples: every test that asks for `renderer` gets a session of its own on the shared renderer. */
import { createTest } from '@carpool/vitest';
import config from './carpool.config.ts';

export const test = createTest(config);
