/**
 * Prints what the pools did and stops the hosts, unless Jest watches: then they serve the next run. Part of the preset; a
 * global teardown of your own calls it. Where Jest skips it, the hosts end with the process. May be called twice.
 */
import { optionsIn, type CarpoolOptions, type GlobalConfig, type ProjectConfig } from './global-setup.ts';
import { hosts } from './hosts.ts';
import { provide } from './provided.ts';

/** @param options as given to `carpoolSetup` */
export async function carpoolTeardown(
  { watch, watchAll }: GlobalConfig,
  projectConfig: ProjectConfig,
  { summary = true }: CarpoolOptions = optionsIn(projectConfig),
): Promise<void> {
  await Promise.all([...hosts().values()].map(({ host }) => host.runEnded()));
  const lines = await Promise.all([...hosts().values()].map(({ host }) => host.summary()));
  // On stderr, so that `--json` stays readable for machines.
  if (summary) for (const line of lines.flat()) process.stderr.write(`${line}\n`);
  if (watch === true || watchAll === true) return;
  const ended = [...hosts().values()];
  hosts().clear();
  provide([]);
  await Promise.all(ended.map(({ host }) => host.stop()));
}

export default carpoolTeardown;
