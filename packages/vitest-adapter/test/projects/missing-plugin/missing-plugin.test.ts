import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

const test = withPools(config);

test('must fail: no host was started', ({ echo }) => void echo);
test('a test without a session still runs', () => {});
