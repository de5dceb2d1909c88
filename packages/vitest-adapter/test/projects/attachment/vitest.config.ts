import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';

export default defineConfig({ plugins: [carpool()] });
