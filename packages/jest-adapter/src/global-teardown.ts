/**
 * Prints what the pools did and stops the hosts, unless Jest watches: then they serve the next run. A shared worker that
 * has crashed fails the run. Part of the preset; a
 * global teardown of your own calls it. Where Jest skips it, the hosts end with the process. May be called twice.
 */
import { failRun } from 'carpool/adapter/main-process';
import type { GlobalConfig } from './global-setup.ts';
import { hosts } from './hosts.ts';
import { provide } from './provided.ts';

/** Jest's global teardown. It takes the second argument of Jest's too, and needs none of it. */
export default async function teardown(
  { watch, watchAll, silent }: GlobalConfig,
  _projectConfig?: object,
): Promise<void> {
  await Promise.all([...hosts().values()].map(({ host }) => host.runEnded()));
  const lines = await Promise.all([...hosts().values()].map(({ host }) => host.summary(silent)));
  // On stderr, so that `--json` stays readable for machines.
  for (const line of lines.flat()) process.stderr.write(`${line}\n`);
  for (const { host } of hosts().values()) failRun(host.takeCrashes());
  if (watch === true || watchAll === true) return;
  const ended = [...hosts().values()];
  hosts().clear();
  provide([]);
  await Promise.all(ended.map(({ host }) => host.stop()));
  for (const { host } of ended) failRun(host.takeCrashes());
}
