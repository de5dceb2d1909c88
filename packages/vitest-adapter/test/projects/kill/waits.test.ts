import { withPools } from '@carpool/vitest';
import { test as plain } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config);

plain('begins', () => {
  console.log('waiting');
});

test('waits for the slot', ({ narrow }) => void narrow);
