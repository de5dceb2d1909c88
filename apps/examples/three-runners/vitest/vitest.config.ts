import { carpool } from '@carpool/vitest/plugin';
import { defineConfig } from 'vitest/config';

export default defineConfig({ plugins: [carpool()], test: { maxWorkers: 2 } });
