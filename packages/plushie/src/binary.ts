/**
 * Which renderer to start, and which environment variables it gets. Data only: the pool looks the command up when it
 * starts the renderer.
 */

/** The version that this dialect was written against. */
export const rendererVersion = '0.7.1';

const name = 'plushie-renderer';

/** What decided which renderer is started. */
export type RendererSource = 'rendererPath' | 'PLUSHIE_BINARY_PATH' | 'PATH';

export interface RendererLocation {
  /** A path, or a bare name to look up in PATH. */
  readonly command: string;
  readonly source: RendererSource;
  /** For the error if there is no such command: where it was looked for, in order. */
  readonly searched: readonly string[];
  /** For the same error: how to get a renderer. */
  readonly installHint: string;
}

export interface LocateOptions {
  readonly rendererPath?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The path in the options, else PLUSHIE_BINARY_PATH, else PATH. The first one that is set decides. A path that is set
 * and wrong is an error: no other renderer is started in its place.
 */
export function locateRenderer({ rendererPath, env }: LocateOptions): RendererLocation {
  const fromEnv = env['PLUSHIE_BINARY_PATH'];
  if (isSet(rendererPath)) {
    return located(rendererPath, 'rendererPath', [`the option rendererPath: ${rendererPath}`]);
  }
  if (isSet(fromEnv)) {
    return located(fromEnv, 'PLUSHIE_BINARY_PATH', [
      'the option rendererPath: not set',
      `PLUSHIE_BINARY_PATH: ${fromEnv}`,
    ]);
  }
  return located(name, 'PATH', [
    'the option rendererPath: not set',
    'PLUSHIE_BINARY_PATH: not set',
    `${name} in PATH: ${env['PATH'] ?? 'not set'}`,
  ]);
}

/**
 * The variables that the renderer gets, if they are set. It needs them to be found and to run (PATH and those of the
 * system), to find fonts, to know the language of text, and to log. DISPLAY and the session bus are not among them: a
 * test must not reach the clipboard or the notifications of the user who runs it.
 */
export const rendererEnvironment: readonly string[] = [
  'PATH',
  'HOME',
  'USERPROFILE',
  'SYSTEMROOT',
  'WINDIR',
  'TMPDIR',
  'TEMP',
  'TMP',
  'FONTCONFIG_FILE',
  'FONTCONFIG_PATH',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_DATA_DIRS',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'RUST_LOG',
  'RUST_LOG_STYLE',
  'RUST_BACKTRACE',
];

function isSet(path: string | undefined): path is string {
  return path !== undefined && path !== '';
}

function located(command: string, source: RendererSource, searched: readonly string[]): RendererLocation {
  const installHint =
    source === 'PATH'
      ? `Install it with \`cargo install ${name} --version ${rendererVersion} --locked\`, or name one: ` +
        '`plushie({ rendererPath })`, or the variable PLUSHIE_BINARY_PATH.'
      : `Correct ${source}, or remove it: then ${name} is looked up in PATH.`;
  return { command, source, searched, installHint };
}
