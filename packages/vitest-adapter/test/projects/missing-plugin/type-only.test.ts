import { createTest } from '@carpool/vitest';
import type config from './carpool.config.ts';

const test = createTest<typeof config>();

test('must fail: nobody knows the names', ({ echo }) => void echo);
