/**
 * The same `test`, the way it is done without Carpool: every test file starts a renderer of its own. The fixtures have
 * the names that they have in `../test.ts`, so that both forms run the very same test files.
 */
import { afterAll, beforeAll, test as base } from 'vitest';
import { RendererProcess, type RendererSession } from './renderer-process.ts';

let renderer: RendererProcess;

beforeAll(async () => {
  renderer = await RendererProcess.start();
});

afterAll(() => renderer.stop());

export const test = base.extend<{
  renderer: RendererSession;
  carpool: { renderer: { register(): Promise<RendererSession> } };
}>({
  // oxlint-disable-next-line no-empty-pattern
  renderer: async ({}, use) => {
    const session = renderer.open();
    await use(session);
    await session.close();
  },
  // oxlint-disable-next-line no-empty-pattern
  carpool: async ({}, use) => {
    // Further sessions that a test opens end with the process.
    await use({ renderer: { register: async () => renderer.open() } });
  },
});
