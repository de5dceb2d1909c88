import { withPools } from '@carpool/vitest';
import type config from './carpool.config.ts';

const test = withPools<typeof config>();

test('must fail: the names are not known', ({ echo }) => void echo);
