import { writeFileSync } from 'node:fs';
import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

const test = withPools(config);

test('its worker is killed while it holds the slot', async ({ narrow }) => {
  writeFileSync('holding', narrow.id);
  process.kill(process.pid, 'SIGKILL');
  await narrow.request({ type: 'silence' });
});
