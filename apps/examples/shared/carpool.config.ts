/** What there is once per run. It starts before the first test that asks for it by its name. */
import { defineConfig, sharedWorker } from 'carpool';
import type { Answer, Question } from './database/worker.ts';

export default defineConfig({
  sharedWorkers: {
    postgres: sharedWorker<Question | Answer>(new URL('./database/worker.ts', import.meta.url), {
      readyTimeout: 60_000,
    }),
  },
});
