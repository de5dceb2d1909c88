import { writeFileSync } from 'node:fs';
import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

const test = withPools(config);

test('holds a slot and waits for a reply that never comes', async ({ echo, narrow }) => {
  writeFileSync('holding', narrow.id);
  console.log(`holding ${narrow.id}`);
  await echo.request({ type: 'silence' });
});
