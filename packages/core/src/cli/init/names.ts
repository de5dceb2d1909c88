/** What options of `carpool init` may say. Apart, because the command line knows them before anything of it is loaded. */

export const runnerNames = ['vitest', 'jest', 'playwright'] as const;
export type RunnerName = (typeof runnerNames)[number];

export const dialectNames = ['child', 'server', 'postgres', 'redis', 'language-server', 'json-rpc', 'plushie'] as const;
export type DialectName = (typeof dialectNames)[number];
