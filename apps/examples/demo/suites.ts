/** The suites that run both ways. */
export interface Suite {
  /** What a run of it takes from the registry. */
  readonly name: string;
  /** What each file starts, or all share. */
  readonly noun: string;
  /** For Vitest, relative to the folder of the examples. */
  readonly configs: { readonly perFile: string; readonly carpool: string };
  /** Files whose path has this in it. */
  readonly filter: string;
  /** The name of its pool, in the line that Carpool prints after a run. */
  readonly pool: string;
  /** The command line of what is started; its arguments end with NUL. */
  readonly process: RegExp;
}

const twoForms = (folder: string): Suite['configs'] => ({
  perFile: `${folder}server-per-file/vitest.config.ts`,
  carpool: `${folder}vitest.config.ts`,
});

export const postgres: Suite = {
  name: 'PostgreSQL',
  noun: 'servers',
  configs: twoForms('postgres/'),
  filter: 'tests/',
  pool: 'db',
  process: /^[^\0]*\bpostgres\0-D\0/,
};

export const languageServer: Suite = {
  name: 'pyright, a language server',
  noun: 'servers',
  configs: twoForms('language-server/'),
  filter: 'tests/',
  pool: 'pyright',
  process: /langserver\.index\.js\0/,
};

export const plushie: Suite = {
  name: 'Plushie',
  noun: 'renderers',
  configs: { perFile: 'one-process-per-file/vitest.config.ts', carpool: 'vitest.config.ts' },
  filter: 'tests/',
  pool: 'renderer',
  process: /plushie-renderer|stand-in-renderer\.js/,
};
