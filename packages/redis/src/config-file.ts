/** The text of the server's redis.conf. Pure. */
import { CarpoolError } from 'carpool';
import type { RedisOptions } from './types.ts';

export interface ConfigFile {
  readonly port: number;
  /** The private folder. */
  readonly folder: string;
  readonly databases: number;
  readonly adminPassword: string;
  /** Absolute paths, with their arguments. */
  readonly modules: readonly string[];
  readonly config: RedisOptions['config'];
}

/** The name of the user with which the host administers the server. */
export const adminName = 'carpool';

/** Milliseconds after which the server lets Carpool end a script that still runs. */
const scriptTime = 2_000;

/** Directives that Carpool gives: where the server is, and which users it has. */
const reserved: ReadonlySet<string> = new Set([
  'aclfile',
  'bind',
  'cluster-enabled',
  'daemonize',
  'databases',
  'dir',
  'include',
  'loadmodule',
  'port',
  'requirepass',
  'user',
]);

/** @throws CarpoolError CONFIG_INVALID for a directive that is Carpool's, or a value that is no line */
export function configText({ port, folder, databases, adminPassword, modules, config = {} }: ConfigFile): string {
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${quoted(folder)}`,
    `databases ${databases}`,
    // Nothing of a test run is kept.
    'save ""',
    'appendonly no',
    // All versions know this name; `busy-reply-threshold` is the one of today.
    `lua-time-limit ${scriptTime}`,
    ...Object.entries(config).flatMap(([name, value]) => directives(name, value)),
    ...modules.map((module) => `loadmodule ${module}`),
    'user default off',
    `user ${adminName} on >${adminPassword} ~* &* +@all`,
  ];
  return `${lines.join('\n')}\n`;
}

function directives(name: string, value: string | number | boolean | readonly string[]): string[] {
  if (reserved.has(name.toLowerCase())) {
    const instead = name.toLowerCase() === 'loadmodule' ? ': use the option `modules`' : '';
    throw invalid(name, `is a directive that Carpool gives${instead}`);
  }
  const values = typeof value === 'object' ? value : [value];
  return values.map((one) => {
    const text = typeof one === 'boolean' ? (one ? 'yes' : 'no') : String(one);
    if (/[\n\r]/.test(name + text))
      throw invalid(name, 'is more than one line; a list writes a directive several times');
    return `${name} ${text}`;
  });
}

function invalid(name: string, why: string): CarpoolError {
  return new CarpoolError('CONFIG_INVALID', `\`config\` of redis(): "${name}" ${why}`, {
    blame: 'setup',
    context: { path: `config.${name}` },
  });
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
