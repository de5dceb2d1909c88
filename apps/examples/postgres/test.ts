/** The `test` of this suite: `db` is a database with the migrations and the seed in it, for this test alone. */
import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

export const test = withPools(config);
