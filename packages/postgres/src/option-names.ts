/** The options that there are. The compiler keeps both lists complete. */
import type { PoolOptionNames } from 'carpool';
import type { PostgresOptions } from './types.ts';

export const names: PoolOptionNames<PostgresOptions> = {
  own: {
    schema: true,
    extensions: true,
    version: true,
    binaries: true,
    settings: true,
    tcp: true,
    folder: true,
    cache: true,
    readyTimeout: true,
    startTimeout: true,
    forwardLog: true,
    logLeavesOut: true,
  },
  taken: {
    args: true,
    codec: true,
    command: true,
    cwd: true,
    forwardStderr: true,
    helloTimeout: true,
    installHint: true,
    maxFrameBytes: true,
    maxUnreadEvents: true,
    protocol: true,
    requestTimeout: true,
    server: true,
    stdio: true,
    strayOutput: true,
    tempBase: true,
    watch: true,
  },
};
