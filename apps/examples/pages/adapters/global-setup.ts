// In the runner's main process: node --test --test-global-setup=global-setup.ts
import { failRun, RunHost } from 'carpool/adapter/main-process';

const host = new RunHost({ root: process.cwd(), runner: 'node:test', version: '1.0.0' });

export async function globalSetup(): Promise<void> {
  await host.runStarted();
  // The runner's own channel to its test processes, here the environment.
  process.env['CARPOOL_NODE_TEST'] = JSON.stringify(host.provided);
}

export async function globalTeardown(): Promise<void> {
  await host.runEnded();
  for (const line of await host.stop()) console.error(line);
  failRun(host.takeCrashes());
}
