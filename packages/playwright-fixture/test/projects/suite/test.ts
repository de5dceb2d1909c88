import { withPools } from '@carpool/playwright';
import config from './carpool.config.ts';

export const test = withPools(config);
