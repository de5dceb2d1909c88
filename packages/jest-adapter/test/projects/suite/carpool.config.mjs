import { defineConfig } from 'carpool';
import { pools } from './echo.mjs';

export default defineConfig({
  pools,
  locks: { printer: 'lock', desk: { semaphore: 2, weight: 2 }, device: { lock: 'phone', scope: 'machine' } },
});
