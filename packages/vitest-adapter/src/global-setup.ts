/**
 * Starts the host when a run begins and stops it when the run has ended. Added by the plugin; without the plugin it is
 * listed by hand: `globalSetup: ['@carpool/vitest/global-setup']`.
 *
 * It never throws: Vitest would then run no test, say that it found none, and in watch mode never try again. What went
 * wrong is handed to the workers instead, where the tests that want a pool fail with it. It may only import types of
 * the test entry: `test.extend` throws in this process.
 */
import type { CarpoolOptions } from 'carpool/adapter/main-process';
import type { TestProject } from 'vitest/node';
import { hostsOf } from './hosts.ts';

/** Vitest's global setup. @returns its teardown */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const run = hostsOf(project.vitest);
  await run.join(project, optionsOf(project));
  return () => run.leave(project);
}

function optionsOf(project: TestProject): CarpoolOptions {
  // By name, not by identity: the plugin may be another copy of this package, or sit in an inherited config.
  const plugin = project.vite.config.plugins.find(({ name }) => name === 'carpool');
  return (plugin?.api as { options?: CarpoolOptions } | undefined)?.options ?? {};
}
