import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

const test = withPools(config);

test('must fail: the config is wrong', ({ echo }) => void echo);
test('a test without a session still runs', () => {});
