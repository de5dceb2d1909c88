/** A pool of sessions on one plushie-renderer. */
import type { PoolOptions } from '../../pool/options.ts';
import { locateRenderer, rendererEnvironment } from './binary.ts';
import type { PlushieMessages, Settings } from './messages.ts';
import { plushieProtocol } from './protocol.ts';

export interface PlushieOptions extends Omit<
  PoolOptions<PlushieMessages>,
  'command' | 'args' | 'codec' | 'protocol' | 'stdio' | 'install'
> {
  /** `mock` renders nothing; `headless` renders with tiny-skia, without a display. Default `mock`. */
  readonly mode?: 'mock' | 'headless';
  /** Default `msgpack`. */
  readonly format?: 'msgpack' | 'json';
  /** The renderer to start. Default: `PLUSHIE_BINARY_PATH`, then `plushie-renderer` in PATH. */
  readonly rendererPath?: string;
  /** Arguments before those of the dialect, for a renderer that is a script: `rendererPath: 'node', rendererArgs: ['r.js']`. */
  readonly rendererArgs?: readonly string[];
  /** Sent to every session when it begins: theme, fonts, text size, … */
  readonly settings?: Settings;
  /** The version of the renderer's protocol. Default 1. */
  readonly protocolVersion?: number;
}

/**
 * The renderer keeps two memory maps of every session it has ended, and aborts when the system's limit of 65,530 is
 * reached, at some 32,700 sessions (seen with 0.7.1). It is replaced well before that.
 */
const sessionsPerRenderer = 10_000;

export function plushie(options: PlushieOptions = {}): PoolOptions<PlushieMessages> {
  const {
    mode = 'mock',
    format = 'msgpack',
    rendererPath,
    rendererArgs = [],
    settings,
    protocolVersion = 1,
    ...pool
  } = options;
  const { maxSessions = 8 } = pool;
  // With `--max-sessions 1` the renderer does not tell sessions apart, and confirms no end (seen).
  const limit = Math.max(2, maxSessions);
  return {
    inheritEnv: rendererEnvironment,
    recycleAfter: sessionsPerRenderer,
    ...pool,
    maxSessions,
    args: [...rendererArgs, `--${mode}`, `--${format}`, '--max-sessions', String(limit)],
    codec: format === 'msgpack' ? 'msgpack' : 'json-lines',
    protocol: plushieProtocol({ protocolVersion, settings }),
    command: ({ env, find }) => {
      const { command, searched, remedy } = locateRenderer({ rendererPath, env });
      return { command: find(command) ?? command, searched, installHint: remedy };
    },
  };
}
