/** As `one-pool`, for a host that keeps no timeline of its run. */
import { defineConfig } from 'carpool';
import onePool from '../one-pool/carpool.config.ts';

export default defineConfig({ ...onePool, report: false });
