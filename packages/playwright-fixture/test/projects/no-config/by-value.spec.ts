import { withPools } from '@carpool/playwright';
import { defineConfig } from 'carpool';

const test = withPools(defineConfig({ pools: { echo: { command: 'echo' } } }));

test('must fail: there is no config', ({ echo }) => void echo);
test('a test without a session still runs', () => {});
