// Which layer of packages/core/src may import which, as data. docs/architecture.md explains the layers; layers.test.ts
// checks every import against this table, and the table against that page.

export interface Layer {
  /** Folders it may import from, besides itself, all of them above it in this table; `folder/file` allows one file. */
  readonly may: readonly string[];
  /** Files of which it may import types, but no values. */
  readonly types?: readonly string[];
  /** What it must never import: `node:` is all of Node; a module that it names is that one. */
  readonly never?: readonly string[];
  /** npm packages it may import; without the key, every dependency of the package but the guarded ones. */
  readonly packages?: readonly string[];
}

/** From bytes to tests. The layer of a file is the longest of these that its folder begins with. */
export const layers: Readonly<Record<string, Layer>> = {
  base: { may: [], never: ['node:'], packages: [] },
  codec: { may: ['base'], never: ['node:'] },
  // A frame travels through protocols and sessions; they do not depend on the codec that made it.
  protocol: { may: ['base', 'codec/frame'], types: ['codec/codec'], never: ['node:'], packages: [] },
  transport: { may: ['base', 'codec'], packages: [] },
  session: {
    may: ['base', 'codec/frame', 'protocol', 'transport'],
    types: ['codec/codec'],
    never: ['node:'],
    packages: [],
  },
  // Answers sessions from what was recorded of others, pure.
  replay: {
    may: ['base', 'codec/frame', 'protocol'],
    types: ['codec/codec', 'transport/transport'],
    never: ['node:'],
    packages: [],
  },
  // Reads what `replay` answers from.
  recordings: { may: ['base', 'replay'], packages: [] },
  process: { may: ['base'] },
  // One more protocol; what it knows of its child is the process.
  server: { may: ['base', 'codec/frame', 'codec/json', 'codec/no-messages', 'protocol', 'transport', 'process'] },
  pool: { may: ['base', 'codec', 'protocol', 'transport', 'session', 'replay', 'process', 'server'] },
  ledger: { may: ['base'], never: ['node:'], packages: [] },
  realm: { may: ['base'], packages: [] },
  // What hosts on several machines share: an engine as types, for configs and hosts; and which host is chosen, pure.
  reach: { may: ['base'], never: ['node:'], packages: [] },
  // The wire is made of the same framings and formats as everything else.
  wire: {
    may: ['base', 'codec', 'protocol', 'transport', 'realm'],
    types: ['pool/types', 'pool/status', 'pool/options', 'process/files', 'reach/types'],
    never: ['node:net', 'node:tls', 'node:dgram', 'node:http'],
  },
  // Where the hosts of this user are, which of them live, and how the machine's is started.
  hosts: { may: ['base', 'process', 'wire'] },
  config: {
    may: ['base', 'codec', 'pool', 'wire'],
    types: ['protocol/protocol', 'session/types', 'server/types', 'reach/types'],
  },
  // When two pools are the same pool.
  definitions: { may: ['base', 'codec', 'process', 'pool', 'hosts', 'config'] },
  'client/shared-worker': { may: ['base', 'codec', 'transport', 'wire'], never: ['node:child_process'] },
  client: {
    may: [
      'base',
      'codec',
      'protocol',
      'transport',
      'session',
      'process/port-check',
      'process/acknowledged',
      'wire',
      'hosts',
      'client/shared-worker',
    ],
    types: ['pool/types', 'config/define', 'config/define-lock', 'config/define-shared-worker', 'reach/types'],
    never: ['node:child_process'],
  },
  'host/shared-workers': { may: ['base', 'process/files', 'process/own-file', 'wire'], never: ['node:child_process'] },
  // It serves pools; it never makes one.
  'host/hub': {
    may: ['base', 'codec', 'transport', 'session', 'ledger', 'wire', 'host/shared-workers'],
    types: [
      'pool/pool',
      'pool/registration',
      'pool/types',
      'pool/status',
      'process/files',
      'protocol/protocol',
      'reach/types',
    ],
    never: ['node:child_process'],
  },
  'host/thread': {
    may: ['base', 'codec', 'transport', 'realm', 'wire', 'config/import-module'],
    never: ['node:child_process'],
  },
  // Registrations that go to hosts on other machines.
  'host/placing': {
    may: ['base', 'reach', 'wire', 'hosts', 'config', 'pool', 'definitions', 'client', 'host/hub'],
    types: ['process/files'],
  },
  host: {
    may: [
      'base',
      'codec',
      'process',
      'pool',
      'realm',
      'wire',
      'hosts',
      'config',
      'host/shared-workers',
      'host/hub',
      'host/placing',
      'recordings',
      'replay/variable',
    ],
    types: ['ledger/once-values', 'reach/types'],
  },
  // The host of a machine: many runs, each served as the host of one run does it.
  machine: {
    may: [
      'base',
      'codec',
      'process',
      'pool',
      'reach',
      'wire',
      'hosts',
      'config',
      'definitions',
      'host/hub',
      'host/placing',
      'host',
    ],
  },
  'main-process': {
    may: [
      'base',
      'process/files',
      'process/own-file',
      'process/transcript-wish',
      'wire',
      'hosts',
      'config',
      'client',
      'replay/variable',
    ],
    types: ['pool/types', 'pool/options'],
  },
  'test-api': {
    may: ['base', 'process/compile-cache', 'wire', 'client'],
    types: ['session/types'],
    never: ['node:child_process'],
  },
  'test-api/coordination': {
    may: ['base', 'ledger/lease', 'realm', 'test-api', 'client/held-lease'],
    types: ['client/owner-leases', 'wire/lease-types'],
    never: ['node:net', 'node:child_process'],
  },
  'test-api/shared-worker': {
    may: ['base', 'codec', 'realm', 'wire', 'config/define-shared-worker', 'test-api'],
    types: ['client/shared-worker/membership', 'client/shared-worker/membership-types'],
    never: ['node:child_process'],
  },
  // Runs in the process of the user, which has nothing else of Carpool.
  child: { may: ['base', 'codec'], never: ['node:'] },
  testing: {
    may: ['base', 'codec', 'session', 'pool', 'hosts', 'host', 'replay', 'recordings'],
    types: ['protocol/protocol'],
  },
  // What is seen of recorded runs, pure: the command shows it as text, and the page, in a browser.
  report: { may: ['base'], types: ['wire/timeline-lines'], never: ['node:'], packages: [] },
  'report/page': { may: ['base', 'report'], never: ['node:'], packages: ['uplot'] },
  cli: {
    may: [
      'base',
      'codec/describe',
      'process',
      'pool',
      'wire',
      'hosts',
      'config',
      'client',
      'client/shared-worker',
      'main-process',
      'codec/frame',
      'replay',
      'recordings',
      'testing/conformance/confirmation',
      'report',
    ],
    types: ['session/listener', 'session/state'],
  },
  entry: { may: ['*'] },
};

/** Packages and modules that one folder alone imports. */
export const guarded: Readonly<Record<string, string>> = { execa: 'process' };

/** Folders, from the repository's root, that import only Node and their own files: programs that must not know Carpool. */
export const independent: readonly string[] = ['packages/plushie/stand-in/'];

/**
 * Entries, by path from the repository's root, that must not load these, however indirectly, through other packages of
 * this repository too: a test worker pays for every module.
 */
export const lightEntries: Readonly<Record<string, readonly string[]>> = {
  'packages/core/src/entry/adapter-test-process.ts': ['node:child_process', 'execa'],
  // Test files load these, in Jest each one anew.
  'packages/core/src/entry/coordination.ts': ['node:child_process', 'node:net', 'execa', 'msgpackr'],
  // Test files load these with their config.
  'packages/core/src/entry/index.ts': ['node:child_process', 'execa', 'msgpackr'],
  'packages/core/src/entry/protocol.ts': ['node:child_process', 'execa', 'msgpackr'],
  'packages/core/src/entry/child.ts': ['node:child_process', 'node:net', 'execa', 'msgpackr'],
  'packages/plushie/src/index.ts': ['node:child_process', 'execa', 'msgpackr'],
  'packages/postgres/src/index.ts': ['node:child_process', 'execa', 'msgpackr', 'pg', 'tinyglobby'],
  'packages/nats/src/index.ts': [
    'node:child_process',
    'node:net',
    'execa',
    'msgpackr',
    '@nats-io/transport-node',
    '@nats-io/jetstream',
    '@nats-io/kv',
    '@nats-io/obj',
  ],
  'packages/redis/src/index.ts': ['node:child_process', 'node:net', 'execa', 'msgpackr'],
  'packages/plushie/src/stand-in.ts': ['node:child_process', 'execa', 'msgpackr'],
  'packages/json-rpc/src/index.ts': ['node:child_process', 'execa', 'msgpackr'],
  // Test files load it, in Jest each one anew.
  'packages/json-rpc/src/client.ts': ['node:fs', 'node:url', 'carpool', 'vscode-languageserver-protocol'],
  // Test files load it, in Jest each one anew; the first assertion loads the rest, a picture that is written the library.
  'packages/plushie/src/golden.ts': ['node:fs', 'node:zlib', 'pngjs', 'pixelmatch'],
  // Test files of every runner load these, in Jest once for each file.
  'packages/core/src/entry/shared-worker.ts': ['node:child_process', 'execa', 'msgpackr', 'node:worker_threads'],
  'packages/core/src/entry/ava-plugin.ts': ['node:child_process', 'execa', 'msgpackr', 'node:worker_threads'],
  // Evaluated anew for every test file in Jest.
  'packages/core/src/entry/adapter-realm.ts': ['node:net', 'node:child_process', 'msgpackr'],
};

/** Entries of `carpool` in whose signatures users meet only types that one of these exports. */
export const userEntries: readonly string[] = [
  'entry/index.ts',
  'entry/protocol.ts',
  'entry/child.ts',
  'entry/coordination.ts',
  'entry/shared-worker.ts',
  'entry/ava-plugin.ts',
  'entry/testing.ts',
];

/** Longest file without a reason. */
export const longestFile = 300;
/** Longer files, by path from the repository's root, each with its reason. */
export const longFiles: Readonly<Record<string, string>> = {
  'packages/core/src/base/error-kinds.ts': 'One table, of which docs/errors.md is made: each code has a row.',
};
