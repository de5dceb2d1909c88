/** Which server to start. Pure: what is on the disk is passed in. */

/** From 7 on, users are confined to channels and to subcommands, in scripts too. */
export const oldestMajor = 7;

export interface RedisBinary {
  readonly path: string;
  /** "Redis" or "Valkey". */
  readonly product: string;
  /** "7.0.15" */
  readonly version: string;
  readonly major: number;
}

/** One place, with what is there. */
export interface Place {
  /** For the error: "PATH", "the option `binary`". */
  readonly label: string;
  /** Programs that are there. */
  readonly paths: readonly string[];
}

export interface Lookup {
  /** In the order of the search. */
  readonly places: readonly Place[];
  /** Runs it with `--version`. @returns why it cannot be used, where it cannot */
  inspect(path: string): Promise<RedisBinary | string>;
}

/** Found, or the lines that say what was looked at. */
export type Located = { readonly binary: RedisBinary } | { readonly searched: readonly string[] };

/** The first that is new enough. */
export async function locateServer({ places, inspect }: Lookup): Promise<Located> {
  const searched: string[] = [];
  for (const { label, paths } of places) {
    const here: string[] = [];
    for (const path of paths) {
      const found = await inspect(path);
      if (typeof found !== 'string' && found.major >= oldestMajor) return { binary: found };
      here.push(typeof found === 'string' ? found : `${found.product} ${found.version}, which is too old: ${path}`);
    }
    searched.push(`${label}: ${here.length === 0 ? 'nothing there' : here.join(', ')}`);
  }
  return { searched };
}

export const installHint: string =
  'Get one with `apt-get install redis-server` or `valkey-server`, or `brew install redis` or `valkey`; or name its program: `redis({ binary })`.';

/** "Redis server v=7.0.15 sha=…", "Valkey server v=8.1.1 sha=…" */
export function versionIn(said: string): Omit<RedisBinary, 'path'> | undefined {
  const found = /^(\w+) server v=((\d+)\S*)/m.exec(said);
  if (found === null) return undefined;
  return { product: String(found[1]), version: String(found[2]), major: Number(found[3]) };
}
