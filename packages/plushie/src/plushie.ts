/** A pool of sessions on one plushie-renderer. */
import { checkPoolOptions, type PoolOptionNames, type PoolOptions } from 'carpool';
import type { PlushieMessages, Settings } from './messages.ts';
import { plushieProtocol } from './protocol.ts';
import { modeIn, scaled, timeoutFactor, type Mode } from './test-variables.ts';
import { checkDisplay, windowedProtocol } from './windowed.ts';

/** The options of a pool, without those that the dialect sets itself, and those of the renderer. */
export interface PlushieOptions extends Omit<
  PoolOptions<PlushieMessages>,
  'command' | 'args' | 'codec' | 'protocol' | 'stdio' | 'installHint' | 'searched' | 'inheritEnv'
> {
  /**
   * `mock` renders nothing; `headless` renders with tiny-skia, without a display; `windowed` opens real windows, and each
   * session has a renderer of its own: at most `maxSessions` at a time, started on demand, ended with their session. The
   * variable PLUSHIE_TEST_BACKEND comes before it. Default `mock`.
   */
  readonly mode?: Mode;
  /** What the bytes on the pipe are; tests see no difference, except that JSON carries bytes as base64. Default `msgpack`. */
  readonly format?: 'msgpack' | 'json';
  /**
   * The renderer to start. Default: `PLUSHIE_BINARY_PATH`; then one that the project has built with widgets of its own;
   * `bin/plushie-renderer` in the project or a folder around it, what Plushie's tools left in `_build`, a checkout of
   * plushie-rust beside the project, PATH, cargo's folder.
   */
  readonly rendererPath?: string;
  /** Arguments before those of the dialect, for a renderer that is a script: `rendererPath: 'node', rendererArgs: ['r.js']`. */
  readonly rendererArgs?: readonly string[];
  /**
   * Variables that the renderer gets, added to those that Plushie's SDKs pass; true: all; false: only those in `env`.
   * Default: those of the SDKs, without the desktop of the user who runs the tests, unless the mode is `windowed`.
   */
  readonly inheritEnv?: boolean | readonly string[];
  /** Every session begins with these: theme, text size, …; fonts are loaded once, for the whole process. */
  readonly settings?: Settings;
  /**
   * `fail`: a test fails at its end if the renderer found fault with what it sent: an unknown or mistyped property (this
   * turns `validate_props` on), a refused patch, an id that is there twice. `event`: the renderer's events say so, no more.
   * A `diagnostic` message names no session: then all that are open fail, and the error names them. Default `event`.
   */
  readonly diagnostics?: 'event' | 'fail';
  /** For `diagnostics: 'fail'`: a finding that contains one of these texts is no fault. Default none. */
  readonly ignoreDiagnostics?: readonly string[];
  /** The version of the renderer's protocol. Another one is refused with CHILD_VERSION. Default 1. */
  readonly protocolVersion?: number;
}

/**
 * The renderer keeps two memory maps of every session that it has ended, and aborts at the system's limit of 65,530, after
 * some 32,700 sessions (seen with 0.7.1). The pool replaces it well before that.
 */
const sessionsPerRenderer = 10_000;

const names: PoolOptionNames<PlushieOptions> = {
  own: {
    mode: true,
    format: true,
    rendererPath: true,
    rendererArgs: true,
    settings: true,
    ignoreDiagnostics: true,
    protocolVersion: true,
  },
  taken: { command: true, args: true, codec: true, protocol: true, stdio: true, installHint: true },
};

/**
 * The options of a pool of sessions on one plushie-renderer, for `defineConfig` or `createPool`. It starts nothing.
 *
 * The defaults are those of any pool, except for two: `recycleAfter` is 10,000, because the renderer leaks a little with
 * every session; and `inheritEnv` is a short list of variables, without the display of the user who runs the tests. In
 * `windowed` mode each renderer has one session and the display; `children`, `sessionsPerChild` and `recycleAfter` follow
 * from that. The variable PLUSHIE_TEST_TIMEOUT, a whole number, makes every time-out that many times as long.
 *
 * @throws CarpoolError CONFIG_INVALID if the variable PLUSHIE_TEST_BACKEND is none of the modes, or there is no such option
 * @example
 * ```ts
 * import { plushie } from '@carpool/plushie';
 * import { defineConfig } from 'carpool';
 *
 * export default defineConfig({ pools: { renderer: plushie({ mode: 'headless', maxSessions: 8 }) } });
 * ```
 */
export function plushie(options: PlushieOptions = {}): PoolOptions<PlushieMessages> {
  checkPoolOptions('plushie', options, names);
  const {
    mode: wanted = 'mock',
    format = 'msgpack',
    rendererPath,
    rendererArgs = [],
    settings,
    protocolVersion = 1,
    inheritEnv = [],
    ignoreDiagnostics = [],
    identity,
    ...pool
  } = options;
  const mode = modeIn(process.env, wanted);
  const windowed = mode === 'windowed';
  const ofProtocol = { protocolVersion, settings, validateProps: pool.diagnostics === 'fail', ignoreDiagnostics };
  return {
    recycleAfter: sessionsPerRenderer,
    // Each is an event of the renderer: tests of what it refuses look for it there.
    diagnostics: 'event',
    ...scaled(pool, timeoutFactor(process.env)),
    ...(windowed ? oneSessionEach(pool) : {}),
    args: [...rendererArgs, ...(windowed ? [`--${format}`] : [`--${mode}`, `--${format}`, ...roomIn(pool)])],
    codec: format === 'msgpack' ? 'msgpack' : 'json-lines',
    protocol: windowed ? windowedProtocol(ofProtocol) : plushieProtocol(ofProtocol),
    command: async (lookup) => {
      if (windowed) checkDisplay({ ...lookup.env, ...pool.env }, process.platform);
      // It reads the disk: loaded when a renderer is started, because every test file loads the config.
      const { rendererLaunch } = await import('./launch.ts');
      return rendererLaunch({ rendererPath, inheritEnv, desktop: windowed }, lookup);
    },
    identity: async (lookup) => {
      const { rendererLaunch } = await import('./launch.ts');
      const found = rendererLaunch({ rendererPath, inheritEnv, desktop: windowed }, lookup);
      const own = typeof identity === 'function' ? await identity(lookup) : identity;
      const files = [found.command, ...(own?.files ?? [])];
      return { files, folders: own?.folders, value: { ofProtocol, own: own?.value } };
    },
  };
}

type Sizes = Pick<PlushieOptions, 'children' | 'sessionsPerChild' | 'maxSessions'>;

/** The pool has as many windows as it would have sessions, so that PLUSHIE_TEST_BACKEND can switch the mode of any config. */
function oneSessionEach({ children = 1, sessionsPerChild = 8, maxSessions = children * sessionsPerChild }: Sizes) {
  return { children: maxSessions, sessionsPerChild: 1, maxSessions, recycleAfter: 1 };
}

function roomIn({ children = 1, sessionsPerChild, maxSessions }: Sizes): string[] {
  const limit = sessionsPerChild ?? (maxSessions === undefined ? 8 : Math.ceil(maxSessions / children));
  // With `--max-sessions 1` the renderer does not tell sessions apart, and confirms no end (seen).
  return ['--max-sessions', String(Math.max(2, limit))];
}
