import { postgres } from '@carpool/postgres';
import { defineConfig } from 'carpool';

export default defineConfig({
  pools: { db: postgres({ schema: 'migrations/*.sql' }) },
});
