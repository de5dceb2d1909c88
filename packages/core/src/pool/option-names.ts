/** The names of all options of a pool, for pools that no schema of the config checks. */
import { OptionNames } from '../base/option-names.ts';
import type { PoolOptions } from './options.ts';

// The compiler keeps it complete.
const names: Readonly<Record<keyof PoolOptions | 'name', true>> = {
  name: true,
  command: true,
  args: true,
  cwd: true,
  env: true,
  inheritEnv: true,
  installHint: true,
  stdio: true,
  codec: true,
  protocol: true,
  children: true,
  sessionsPerChild: true,
  maxSessions: true,
  warm: true,
  maxQueued: true,
  registerTimeout: true,
  helloTimeout: true,
  openTimeout: true,
  closeTimeout: true,
  requestTimeout: true,
  idleTimeout: true,
  stopTimeout: true,
  maxFrameBytes: true,
  maxUnreadEvents: true,
  diagnostics: true,
  maxQuarantined: true,
  recycleAfter: true,
  restarts: true,
  watch: true,
  strayOutput: true,
  probeTimeout: true,
  forwardStderr: true,
  tempBase: true,
  server: true,
};

export const createPoolNames: OptionNames = new OptionNames('CONFIG_INVALID', 'createPool', Object.keys(names));
