// Who may import whom in packages/core/src, as data. docs/architecture.md explains the layers; layers.test.ts checks
// every import against this table.

export interface Layer {
  /** Folders it may import from, besides itself; `folder/file` allows one file. `*` is every folder. */
  readonly may: readonly string[];
  /** What it must never import, whatever `may` says: folders, `node:` for all of Node, or single modules. */
  readonly never?: readonly string[];
  /** npm packages it may import; without the key, every dependency of the package but the guarded ones. */
  readonly packages?: readonly string[];
}

const outermost = ['entry', 'testing', 'cli'];

export const layers: Readonly<Record<string, Layer>> = {
  base: { may: [], never: ['node:'], packages: [] },
  codec: { may: ['base'], never: ['node:'] },
  protocol: { may: ['base'], never: ['node:'], packages: [] },
  transport: { may: ['base', 'codec'], packages: [] },
  session: { may: ['base', 'protocol', 'transport'], never: ['node:'], packages: [] },
  process: { may: ['base', 'codec', 'transport'] },
  recorder: { may: ['base', 'codec', 'transport'] },
  coordination: { may: ['base'], never: ['node:'], packages: [] },
  // The wire is made of the same framings and formats as everything else.
  wire: {
    may: ['base', 'codec', 'protocol', 'pool/types'],
    never: ['node:net', 'node:tls', 'node:dgram', 'node:http'],
  },
  // Its host, its thread, and what tests hold of it: the last finds the file that runs in what stands around it.
  'shared-worker': {
    may: ['base', 'codec', 'transport', 'session', 'wire', 'process/tail', 'runner/ambient', 'runner/process-ambient'],
    never: ['node:child_process'],
  },
  pool: {
    may: ['base', 'codec', 'protocol', 'transport', 'session', 'process', 'recorder', 'shared-worker/define'],
  },
  hub: {
    // It serves pools; it never makes one.
    may: ['base', 'codec', 'protocol', 'transport', 'session', 'pool', 'wire', 'coordination', 'shared-worker/host'],
    never: ['node:child_process'],
  },
  host: { may: ['*'], never: ['client', ...outermost] },
  client: {
    may: [
      'base',
      'codec',
      'protocol',
      'transport',
      'session',
      'pool/types',
      'wire',
      'coordination',
      'shared-worker/links',
    ],
    never: ['node:child_process'],
  },
  // A dialect is a function that returns the options of a pool.
  dialects: { may: ['base', 'codec', 'protocol', 'pool/options'] },
  // What every adapter needs on both sides of its runner.
  runner: {
    may: [
      'base',
      'session',
      'pool/types',
      'pool/define',
      'shared-worker/seat',
      'wire',
      'coordination',
      'client',
      'host',
    ],
  },
  entry: { may: ['*'], never: ['cli'] },
  testing: { may: ['*'], never: ['entry', 'cli'] },
  cli: { may: ['*'], never: ['testing'] },
};

/** A frame travels through all of these; codecs themselves stay in codec, transport, process and dialects. */
export const frameTravellers: readonly string[] = ['protocol', 'session'];
export const frameFiles: readonly { readonly file: string; readonly values: boolean }[] = [
  { file: 'codec/frame.ts', values: true },
  { file: 'codec/codec.ts', values: false },
];

/** Packages and modules that one folder alone imports. */
export const guarded: Readonly<Record<string, string>> = { execa: 'process' };

/** Entries that must not load these, however indirectly: a test worker pays for every module of `client`. */
export const lightEntries: Readonly<Record<string, readonly string[]>> = {
  'entry/client.ts': ['node:child_process', 'execa'],
  // Test files load these, in Jest each one anew.
  'entry/coordination.ts': ['node:child_process', 'node:net', 'execa', 'msgpackr'],
  // Test files load these with their config.
  'entry/index.ts': ['node:child_process', 'execa', 'msgpackr'],
  // Test files of every runner load these, in Jest once for each file.
  'entry/shared-worker.ts': ['node:child_process', 'execa', 'msgpackr', 'node:worker_threads'],
  'entry/ava-plugin.ts': ['node:child_process', 'execa', 'msgpackr', 'node:worker_threads'],
  'entry/plushie.ts': ['node:child_process', 'execa', 'msgpackr'],
  // Evaluated anew for every test file in Jest.
  'entry/realm.ts': ['node:net', 'node:child_process', 'msgpackr'],
};

/** Longest file without a reason. */
export const longestFile = 300;
/** Longer files, by path from the repository's root, each with its reason. */
export const longFiles: Readonly<Record<string, string>> = {
  'packages/core/src/dialects/plushie/messages.ts': 'the words of a whole dialect, types only, with their sources',
  'packages/core/src/base/errors.ts': 'the table of every error code is data, and belongs beside the class it types',
};
