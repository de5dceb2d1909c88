import { createTest } from '@carpool/vitest';
import config from './carpool.config.ts';

const test = createTest(config);

test('passes', ({ echo }) => void echo);
