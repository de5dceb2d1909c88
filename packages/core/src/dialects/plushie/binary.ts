/**
 * Which renderer to start, and what of the environment it may see. Data only: whether the command exists is looked up
 * by whoever starts it.
 */

/** The version that this dialect was written against. */
export const rendererVersion = '0.7.1';

const name = 'plushie-renderer';

/** What decided which renderer is started. */
export type RendererSource = 'rendererPath' | 'PLUSHIE_BINARY_PATH' | 'PATH';

export interface RendererLocation {
  /** A path, or a bare name that is to be looked up in PATH. */
  readonly command: string;
  readonly source: RendererSource;
  /** For the error message, if there is no such command: where it was looked for, in order. */
  readonly searched: readonly string[];
  /** For the error message: how to get a renderer. */
  readonly remedy: string;
}

export interface LocateOptions {
  readonly rendererPath?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The path in the options, else PLUSHIE_BINARY_PATH, else PATH. The first one that is set decides: a path that is set
 * and wrong is an error, never a reason to run some other renderer without a word.
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
 * The variables a renderer without a display gets, if they are set: to be found and to run (PATH, the system's own), to
 * find fonts, to know the language of text, to log. Neither DISPLAY nor the session bus is among them: the clipboard
 * and the notifications of whoever runs the tests are nothing a test should reach.
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
  const remedy =
    source === 'PATH'
      ? `Install it with \`cargo install ${name} --version ${rendererVersion} --locked\`, or name one: ` +
        '`plushie({ rendererPath })`, or the variable PLUSHIE_BINARY_PATH.'
      : `Correct ${source}, or take it away: then ${name} is looked up in PATH.`;
  return { command, source, searched: searched, remedy };
}
