import { carpool } from '@carpool/playwright/config';
import { defineConfig } from '@playwright/test';

export default defineConfig(carpool({ evidence: 'whole' }), { workers: 1 });
