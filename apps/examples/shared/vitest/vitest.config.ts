import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';

// Two projects with the same tests, so that there is always another test to share with.
const projects = ['one', 'two'].map((name) => ({ extends: true, test: { name } }) as const);

export default defineConfig({ plugins: [carpool()], test: { maxWorkers: 2, projects } });
