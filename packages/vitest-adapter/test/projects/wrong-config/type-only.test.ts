import { createTest } from '@carpool/vitest';
import type config from './carpool.config.ts';

const test = createTest<typeof config>();

test('must fail: the config is wrong', ({ echo }) => void echo);
