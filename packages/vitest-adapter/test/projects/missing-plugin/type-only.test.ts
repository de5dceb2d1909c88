import { withPools } from '@carpool/vitest';
import type config from './carpool.config.ts';

const test = withPools<typeof config>();

test('must fail: nobody knows the names', ({ echo }) => void echo);
