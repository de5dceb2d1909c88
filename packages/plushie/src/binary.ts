/**
 * Which renderer to start, and which environment variables it gets. Pure: what is on the disk, and in the environment, is
 * passed in. The places and the variables are those of Plushie's own tools and SDKs (plushie-typescript 0.6, plushie-gleam
 * and plushie-elixir on their main branches).
 */

/** The version that this dialect was written against. */
export const rendererVersion = '0.7.1';

const name = 'plushie-renderer';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface RendererLocation {
  /** A path, or a bare name that is nowhere. */
  readonly command: string;
  /** For the error if there is no such command: where it was looked for, in order. */
  readonly searched: readonly string[];
  /** For the same error: how to get a renderer. */
  readonly installHint: string;
}

/** The machine, as far as the search needs it. */
export interface Machine {
  readonly env: Environment;
  readonly platform: string;
  /** As `process.arch`. */
  readonly arch: string;
  /** The folder of the project. */
  readonly cwd: string;
  /** The path is a file that can be executed. */
  isProgram(path: string): boolean;
  /** Anything is there. */
  exists(path: string): boolean;
  /** The names in a folder; none if it is not there. */
  list(folder: string): readonly string[];
  /** The path of a command in PATH. */
  find(command: string): string | undefined;
  join(...parts: readonly string[]): string;
  /** The second path as it is seen from the first, a folder. */
  resolve(from: string, path: string): string;
  dirname(path: string): string;
}

/**
 * The path in the options, else PLUSHIE_BINARY_PATH: one that is set and wrong is an error, and no other renderer takes its
 * place. Else the first that is there: one that the project has built with widgets of its own; where Plushie's tools put it,
 * in the project or in a folder around it up to the root of the repository; a checkout of plushie-rust; PATH; cargo's
 * folder.
 */
export function locateRenderer(rendererPath: string | undefined, machine: Machine): RendererLocation {
  const { env } = machine;
  const fromEnv = env['PLUSHIE_BINARY_PATH'];
  if (isSet(rendererPath)) return decided(rendererPath, 'rendererPath', [`the option rendererPath: ${rendererPath}`]);
  const searched = ['the option rendererPath: not set'];
  if (isSet(fromEnv)) return decided(fromEnv, 'PLUSHIE_BINARY_PATH', [...searched, `PLUSHIE_BINARY_PATH: ${fromEnv}`]);
  searched.push('PLUSHIE_BINARY_PATH: not set');
  for (const { label, paths } of places(machine)) {
    const found = paths.find((path) => machine.isProgram(path));
    if (found !== undefined) return { command: found, searched, installHint };
    searched.push(label);
  }
  return { command: name, searched, installHint };
}

/** In the order of the search: a line for the error, and the paths of one place. */
function* places(machine: Machine): Generator<{ readonly label: string; readonly paths: readonly string[] }> {
  const { env, cwd, platform, join, dirname } = machine;
  const extension = platform === 'win32' ? '.exe' : '';
  const file = `${name}${extension}`;
  const target = machine.resolve(cwd, env['CARGO_TARGET_DIR'] ?? 'target');
  const built = [...mixEnvironments(env).map((each) => join(cwd, '_build', each, `${name}-spec`, 'target')), target];
  yield {
    label: `a renderer with the project's own widgets, as \`mix plushie.build\` and \`cargo plushie build\` leave it in ${join(cwd, '_build')} and ${target}`,
    paths: built.flatMap((from) =>
      profiles.flatMap((profile) => customBuilds(join(from, name, 'target', profile), extension, machine)),
    ),
  };
  const folders = foldersUpwards(machine);
  const last = folders.at(-1) ?? cwd;
  yield {
    label: `bin/${file} in ${cwd}${folders.length > 1 ? ` and the folders around it, up to ${last}` : ''}`,
    paths: folders.map((folder) => join(folder, 'bin', file)),
  };
  const released = [file, ...releaseNames(machine, extension)];
  yield {
    label: `what \`mix plushie.download\` and \`gleam run -m plushie/build\` leave in ${join(cwd, '_build')} and ${join(cwd, 'build')}`,
    paths: [
      ...['_build', 'build'].flatMap((folder) => released.map((each) => join(cwd, folder, 'plushie', 'bin', each))),
      ...['dev', 'prod'].map((each) => join(cwd, '_build', each, name, 'target', 'release', file)),
    ],
  };
  yield { label: `${join(cwd, file)}`, paths: [join(cwd, file)] };
  const around = dirname(cwd);
  const checkouts = [env['PLUSHIE_RUST_SOURCE_PATH'], join(around, 'plushie-rust'), join(around, name)].filter(isSet);
  yield {
    label: `target/release and target/debug of ${checkouts.join(', ')}`,
    paths: checkouts.flatMap((from) => profiles.map((each) => join(from, 'target', each, file))),
  };
  const inPath = machine.find(name);
  yield { label: `${name} in PATH: ${env['PATH'] ?? 'not set'}`, paths: inPath === undefined ? [] : [inPath] };
  const home = env['HOME'] ?? env['USERPROFILE'];
  const cargo = env['CARGO_HOME'] ?? (home === undefined ? undefined : join(home, '.cargo'));
  if (cargo !== undefined) yield { label: join(cargo, 'bin', file), paths: [join(cargo, 'bin', file)] };
}

const profiles = ['release', 'debug'] as const;

/** The folders of `_build`, that of this run first. */
function mixEnvironments(env: Environment): readonly string[] {
  return [...new Set([env['MIX_ENV'], 'test', 'dev', 'prod'].filter(isSet))];
}

/** Their names are those of the app: "my-shop-renderer". */
function customBuilds(folder: string, extension: string, { list, join }: Machine): string[] {
  const names = list(folder).filter((each) => each.endsWith(`-renderer${extension}`));
  return names.toSorted().map((each) => join(folder, each));
}

/** The project and the folders around it, up to the root of its repository or of the disk. */
function foldersUpwards({ cwd, exists, join, dirname }: Machine): string[] {
  const folders: string[] = [];
  for (let folder = cwd; ; folder = dirname(folder)) {
    folders.push(folder);
    if (exists(join(folder, '.git')) || dirname(folder) === folder) return folders;
  }
}

/** Names of files as they are downloaded: "plushie-renderer-linux-x86_64"; earlier ones without "renderer". */
function releaseNames({ platform, arch }: Machine, extension: string): string[] {
  const os = platform === 'win32' ? 'windows' : platform;
  const cpu = arch === 'x64' ? 'x86_64' : arch === 'arm64' ? 'aarch64' : arch;
  return [`${name}-${os}-${cpu}${extension}`, `plushie-${os}-${cpu}${extension}`];
}

const installHint =
  'Get one with `npx plushie download`, `gleam run -m plushie/download` or `mix plushie.download` in the project, or ' +
  `with \`cargo install ${name} --version ${rendererVersion} --locked\`; or name one: \`plushie({ rendererPath })\`, or the ` +
  'variable PLUSHIE_BINARY_PATH.';

/** The user has named it, and no other one is started in its place. */
function decided(command: string, source: string, searched: readonly string[]): RendererLocation {
  return {
    command,
    searched,
    installHint: `Correct ${source}, or remove it: then it is looked for where Plushie puts it.`,
  };
}

function isSet(path: string | undefined): path is string {
  return path !== undefined && path !== '';
}

/** The variables that Plushie's SDKs pass to the renderer, and those that a program needs on any system. */
const passed: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'USER',
  'USERPROFILE',
  'SYSTEMROOT',
  'WINDIR',
  'PATHEXT',
  'TMPDIR',
  'TEMP',
  'TMP',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'DYLD_FALLBACK_LIBRARY_PATH',
  'LANG',
  'LANGUAGE',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_DATA_DIRS',
  'RUST_LOG',
  'RUST_LOG_STYLE',
  'RUST_BACKTRACE',
  'WGPU_BACKEND',
  'GTK_MODULES',
  'PLUSHIE_NO_CATCH_UNWIND',
]);
const passedPrefixes = ['LC_', 'MESA_', 'LIBGL_', '__GLX_', 'VK_', 'GALLIUM_', 'FONTCONFIG_'];

/**
 * Those that lead to the desktop of the user who runs the tests. `mock` and `headless` need none of them, and with them a
 * test would reach that user's clipboard and notifications; a window needs them.
 */
const ofDesktop: ReadonlySet<string> = new Set([
  'DISPLAY',
  'XAUTHORITY',
  'WAYLAND_DISPLAY',
  'WAYLAND_SOCKET',
  'WINIT_UNIX_BACKEND',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
  'NO_AT_BRIDGE',
]);
const ofDesktopPrefixes = ['AT_SPI_'];

/** The names of those that are set. Names are compared as Windows does, which costs nothing elsewhere. */
export function rendererEnvironment(env: Environment, desktop: boolean): string[] {
  return Object.keys(env).filter((given) => {
    const known = given.toUpperCase();
    if (passed.has(known) || passedPrefixes.some((prefix) => known.startsWith(prefix))) return true;
    return desktop && (ofDesktop.has(known) || ofDesktopPrefixes.some((prefix) => known.startsWith(prefix)));
  });
}
