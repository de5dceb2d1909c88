/** `carpool doctor`: looks at what a run needs, and at what killed hosts have left. It starts nothing. */
import { version } from '../base/version.ts';
import { checkConfig } from './doctor/config.ts';
import type { Diagnosis, Finding } from './doctor/finding.ts';
import { checkHosts } from './doctor/hosts.ts';
import { checkLeftovers } from './doctor/leftovers.ts';
import { checkTemp } from './doctor/temp.ts';
import { checkVersions } from './doctor/versions.ts';
import { printable } from '../base/printable.ts';

export interface DoctorOptions {
  readonly config?: string;
  /** Remove what killed hosts have left. */
  readonly sweep?: boolean;
  readonly json?: boolean;
  /** Where the project is. Default: the current directory. */
  readonly root?: string;
  /** Where hosts are looked for. Default: where those of this user are. */
  readonly bases?: readonly string[];
}

/** Prints each finding as soon as it is there. Resolves with 1 if one is a problem. */
export async function doctor({
  config,
  sweep,
  json = false,
  root = process.cwd(),
  bases,
}: DoctorOptions): Promise<number> {
  const checks: Finding[] = [];
  const found = (findings: readonly Finding[]): void => {
    checks.push(...findings);
    if (!json) for (const finding of findings) console.log(findingText(finding));
  };
  found(checkVersions(root));
  found(checkTemp(bases));
  found(await checkHosts(bases));
  found(await checkLeftovers({ sweep, bases }));
  // Last, because code of the user runs in it.
  found(await checkConfig({ root, configFile: config }));
  const ok = checks.every(({ status }) => status !== 'problem');
  if (json) {
    const diagnosis: Diagnosis = { version: 1, carpool: version, node: process.versions.node, ok, checks };
    console.log(JSON.stringify(diagnosis, undefined, 2));
  }
  return ok ? 0 : 1;
}

/** The longest of `status`, and two columns. */
const indent = 'problem'.length + 2;

export function findingText({ status, text, advice }: Finding): string {
  const lines = [...text.split('\n'), ...(advice?.split('\n') ?? [])].map(printable);
  return lines.map((each, at) => (at === 0 ? status.padEnd(indent) : ' '.repeat(indent)) + each).join('\n');
}
