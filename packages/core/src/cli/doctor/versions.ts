/** The versions of Node, of Carpool and of the runners that are found from a folder. */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { version as own } from '../../base/version.ts';
import type { Finding } from './finding.ts';

/** The adapters, and the package of the runner of each. */
const adapters = { '@carpool/vitest': 'vitest', '@carpool/jest': 'jest', '@carpool/playwright': '@playwright/test' };
/** Packages of Carpool, which are all released together. */
const packages = [
  'carpool',
  ...Object.keys(adapters),
  '@carpool/json-rpc',
  '@carpool/plushie',
  '@carpool/postgres',
  '@carpool/nats',
  '@carpool/redis',
];
const check = 'versions';

interface Installed {
  readonly name: string;
  readonly version: string;
  /** Its folder, without links. */
  readonly folder: string;
}

/** @param root where a project looks for its packages @param version of this command */
export function checkVersions(root: string, version: string = own): Finding[] {
  const { platform, arch, versions } = process;
  const findings: Finding[] = [
    { check, status: 'ok', text: `Node ${versions.node}, carpool ${version}, ${platform} ${arch}` },
  ];
  const found = packages.flatMap((name) => installed(name, root) ?? []);
  // What an adapter loads is not always what the project has.
  const nested = found.flatMap(({ name, folder }) => {
    const loaded = name === 'carpool' ? undefined : installed('carpool', folder);
    return loaded === undefined ? [] : { ...loaded, name: `carpool, which ${name} loads` };
  });
  const others = [...found, ...nested].filter((one) => one.version !== version);
  for (const other of others) {
    const text = `${other.name} is ${other.version}, and this command is of carpool ${version} (${other.folder})`;
    findings.push({ check, status: 'problem', text, advice: 'Install one version of all packages of Carpool' });
  }
  if (found.length > 0 && others.length === 0)
    findings.push({ check, status: 'ok', text: `${found.map(({ name }) => name).join(', ')}: ${version}` });
  if (found.length === 0) {
    const text = `no package of Carpool is found from ${root}`;
    findings.push({ check, status: 'warning', text, advice: 'Install `carpool` and the adapter of your runner there' });
  }
  for (const [adapter, runner] of Object.entries(adapters)) {
    if (found.every(({ name }) => name !== adapter)) continue;
    const it = installed(runner, root);
    findings.push(
      it === undefined
        ? {
            check,
            status: 'warning',
            text: `${adapter} is installed, and ${runner} is not found from ${root}`,
            advice: `Install ${runner}, or run this where it is`,
          }
        : { check, status: 'ok', text: `${runner} ${it.version}, with ${adapter}` },
    );
  }
  return findings;
}

/** In `node_modules` of the folder or of one above it. Not `require.resolve`: that finds what NODE_PATH has, as pnpm sets it. */
function installed(name: string, root: string): Installed | undefined {
  for (let at = root; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    const version = versionIn(folder);
    if (version !== undefined) return { name, version, folder: realpathSync(folder) };
    if (dirname(at) === at) return undefined;
  }
}

function versionIn(folder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined; // it is not there, or half installed
  }
}
