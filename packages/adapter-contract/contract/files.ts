/** The test files of the contract as data; each runner renders them in its own syntax. */
import { documented, documentedOfPlugins } from './documented.ts';

type PoolName = 'echo' | 'packed' | 'narrow' | 'mortal' | 'strict' | 'tidy' | 'stuck' | 'web' | 'app';

export interface TestSpec {
  readonly name: string;
  /** The fixture it destructures: a pool, a shared worker, or `carpool`. */
  readonly fixture?: PoolName | 'carpool' | 'counter';
  /** A function of the file's module. */
  readonly body: string;
  /** Milliseconds, if not the default of the run. */
  readonly timeout?: number;
}

export interface FileSpec {
  readonly name: string;
  /** Of the project, where the bodies are. Default `bodies.cjs`. */
  readonly module?: 'sharing.cjs' | 'sharded.cjs' | 'two-shards.cjs' | 'broken.cjs' | 'documented.cjs' | 'plugins.mjs';
  /** The options of `withPools`, as text. */
  readonly options?: string;
  readonly concurrent?: boolean;
  readonly retries?: number;
  readonly tests: readonly TestSpec[];
}

/** Milliseconds, long enough for a busy machine. */
export const defaultTimeout = 30_000;

/** Milliseconds of a test that must time out. Where its session is on its clock, a child starts in it. */
const shortTime = 2_500;

/** Of Vitest and Jest, by default. A wait ends a tenth before it, with an error that must not come too late on a busy machine. */
const usualTimeout = 5_000;

/** One run of a runner. */
// Playwright sorts by name: a file that waits for another must not come first and occupy the other's worker.
export const wholeRun: readonly FileSpec[] = [
  {
    name: 'session-per-test',
    tests: [
      { name: 'leaves a value', fixture: 'echo', body: 'visit' },
      { name: 'finds nothing of it', fixture: 'echo', body: 'visit' },
    ],
  },
  {
    name: 'concurrency',
    concurrent: true,
    tests: ['one', 'two', 'three'].map((name) => ({ name, fixture: 'echo', body: 'meet' })),
  },
  {
    name: 'retry',
    retries: 2,
    tests: [{ name: 'passes at the third attempt', fixture: 'echo', body: 'passAtTheThirdAttempt' }],
  },
  {
    name: 'time-out',
    tests: [
      { name: 'outlasts its time', fixture: 'echo', body: 'outlastItsTime', timeout: shortTime },
      { name: 'comes after it', fixture: 'echo', body: 'visit' },
    ],
  },
  {
    name: 'failure',
    tests: [
      { name: 'fails', fixture: 'narrow', body: 'fail' },
      { name: 'needs its slot', fixture: 'narrow', body: 'visit' },
    ],
  },
  {
    name: 'killed-plugin',
    module: 'plugins.mjs',
    tests: [{ name: 'holds a lock of a plugin, and is killed', body: 'keepAndDie' }],
  },
  {
    name: 'killed-plugin-next',
    module: 'plugins.mjs',
    tests: [{ name: 'needs the lock of the killed worker', body: 'takeWhatTheKilledHeld' }],
  },
  { name: 'killed-worker', tests: [{ name: 'kills its worker', fixture: 'narrow', body: 'killItsWorker' }] },
  {
    name: 'killed-worker-next',
    tests: [{ name: 'needs the slot of the killed worker', fixture: 'carpool', body: 'takeTheSlotOfTheKilled' }],
  },
  {
    name: 'killed-child',
    tests: [
      { name: 'kills its child', fixture: 'mortal', body: 'killItsChild' },
      { name: 'has the next child', fixture: 'mortal', body: 'visit' },
    ],
  },
  {
    name: 'slot-wait',
    tests: [{ name: 'fails after a long wait for its slot', fixture: 'carpool', body: 'failAfterALongWait' }],
  },
  {
    name: 'not-awaited',
    tests: [
      { name: 'does not wait', fixture: 'echo', body: 'forgetToAwait' },
      { name: 'waits for nothing that follows', fixture: 'echo', body: 'forgetWhatFollows' },
      { name: 'forgets a lock', body: 'forgetALock' },
      { name: 'goes on without its lock', body: 'goOnWithoutItsLock' },
      { name: 'forgets a session', fixture: 'carpool', body: 'forgetASession' },
      { name: 'forgets an event', fixture: 'echo', body: 'forgetAnEvent' },
      { name: 'forgets an interaction', fixture: 'echo', body: 'forgetAnInteraction' },
      { name: 'forgets a refusal', body: 'forgetARefusal' },
      { name: 'forgets a refused request', fixture: 'echo', body: 'forgetARefusedRequest' },
      { name: 'leaves requests on purpose', fixture: 'carpool', body: 'leaveOnPurpose' },
      { name: 'leaves calls on purpose', fixture: 'carpool', body: 'leaveCallsOnPurpose' },
      { name: 'comes after those', fixture: 'echo', body: 'visit' },
    ],
  },
  {
    name: 'diagnostics',
    tests: [
      { name: 'sends what is wrong', fixture: 'strict', body: 'sendWhatIsWrong' },
      { name: 'sends it in a session of its own', fixture: 'carpool', body: 'registerAndSendWhatIsWrong' },
      { name: 'comes after the diagnostics', fixture: 'strict', body: 'visit' },
    ],
  },
  {
    name: 'leaks',
    tests: [
      { name: 'leaves a loop', fixture: 'tidy', body: 'leaveALoop' },
      { name: 'leaves an end that is not confirmed', fixture: 'stuck', body: 'visit' },
      { name: 'leaves a loop, and is warned', fixture: 'echo', body: 'leaveALoop' },
      { name: 'goes on after its end, and is warned', fixture: 'echo', body: 'goOnAfterItsEnd' },
      { name: 'comes after the leaks', fixture: 'tidy', body: 'visit' },
    ],
  },
  {
    name: 'leaks-late',
    tests: [{ name: 'goes on after its end', fixture: 'tidy', body: 'goOnAfterItsEnd' }],
  },
  {
    name: 'server',
    options: "{ params: { web: { seeds: new Map([['a', 1n]]) } } }",
    tests: [
      { name: 'reads what was opened', fixture: 'web', body: 'readWhatWasOpened' },
      { name: 'holds a URL alone', fixture: 'web', body: 'holdTheUrlOfAServerThatDies' },
      { name: 'comes after the death of the server', fixture: 'web', body: 'readWhatWasOpened' },
      { name: 'gives params of its own', fixture: 'carpool', body: 'giveItsOwnParams' },
    ],
  },
  {
    name: 'hung-server',
    tests: [
      { name: 'hangs its server', fixture: 'app', body: 'hangItsServer', timeout: 2 * shortTime },
      { name: 'comes after the server that hangs', fixture: 'app', body: 'visitTheApp' },
      { name: 'comes after that', fixture: 'app', body: 'visitTheApp' },
    ],
  },
  {
    name: 'late-server',
    tests: [
      {
        name: 'wants a server that starts for longer',
        fixture: 'carpool',
        body: 'wantTheLateServer',
        timeout: usualTimeout,
      },
    ],
  },
  {
    name: 'handed-over',
    tests: [
      { name: 'hands its session to processes', fixture: 'echo', body: 'handItOver' },
      { name: 'sees what is left of it', fixture: 'echo', body: 'seeWhatIsLeftOfIt' },
    ],
  },
  {
    name: 'kept-session',
    tests: [
      { name: 'keeps its session', fixture: 'echo', body: 'keep' },
      { name: 'uses what was kept', fixture: 'echo', body: 'useWhatWasKept' },
    ],
  },
];

export const watched: readonly FileSpec[] = [
  { name: 'watch', tests: [{ name: 'reports its child', fixture: 'echo', body: 'visit' }] },
];

export const interrupted: readonly FileSpec[] = [
  { name: 'interrupt', tests: [{ name: 'is interrupted', fixture: 'echo', body: 'hold' }] },
];

export const stopped: readonly FileSpec[] = [
  { name: 'stopped', tests: [{ name: 'asks a host that is stopped', fixture: 'echo', body: 'holdAndAsk' }] },
];

const twice = ['a', 'b'] as const;

/**
 * One run in four shards, one file for each. The files have equally many tests: Playwright Test divides by tests, Vitest and Jest
 * by files.
 */
export const shardedRun: readonly FileSpec[] = ['a', 'b', 'c', 'd'].map((letter) => ({
  name: `sharded-${letter}`,
  module: 'sharded.cjs',
  tests: [
    { name: `takes turns (${letter}1)`, body: 'takeTurns' },
    { name: `takes turns (${letter}2)`, body: 'takeTurns' },
    { name: `computes it once (${letter})`, body: 'computeOnce' },
    { name: `takes ports (${letter})`, body: 'takePortsTogether' },
    letter === 'c'
      ? { name: `fails (${letter})`, fixture: 'echo', body: 'fail' }
      : { name: `visits (${letter})`, fixture: 'echo', body: 'visit' },
  ],
}));

/** Two shards of one run, of which one is killed. */
export const killedShard: readonly FileSpec[] = [
  { name: 'killed-shard', module: 'sharded.cjs', tests: [{ name: 'holds it', body: 'holdUntilKilled' }] },
  { name: 'other-shard', module: 'sharded.cjs', tests: [{ name: 'gets it', body: 'waitForTheKilled' }] },
];

/** Two shards of one run, each with a file. */
export const twoShards: readonly FileSpec[] = ['a', 'b'].map((letter) => ({
  name: `two-shards-${letter}`,
  module: 'two-shards.cjs',
  tests: [{ name: `shares what is of the machine (${letter})`, body: 'shareTheMachine' }],
}));

/** One run of a runner, in every kind of worker that it has. */
export const sharingRun: readonly FileSpec[] = [
  ...twice.map((letter) => ({
    name: `shared-worker-${letter}`,
    module: 'sharing.cjs' as const,
    tests: [
      { name: `it is there (${letter})`, body: 'greet' },
      { name: `talks (${letter})`, body: 'converse' },
      { name: `gives up (${letter})`, body: 'giveUp' },
      { name: `publishes at the very end (${letter})`, body: 'count' },
    ],
  })),
  {
    name: 'shared-worker-by-name',
    module: 'sharing.cjs',
    tests: [{ name: 'has it as a fixture', fixture: 'counter', body: 'useByName' }],
  },
  { name: 'shared-worker-crash', module: 'sharing.cjs', tests: [{ name: 'crashes it', body: 'crashIt' }] },
  {
    name: 'shared-worker-broken',
    module: 'broken.cjs',
    tests: ['first', 'second'].map((which) => ({ name: `needs what is broken (${which})`, body: 'pass' })),
  },
  ...twice.map((letter) => ({
    name: `turns-${letter}`,
    module: 'sharing.cjs' as const,
    concurrent: true,
    tests: [1, 2, 3].map((number) => ({ name: `takes turns (${letter}${number})`, body: 'takeTurns' })),
  })),
  {
    name: 'kept-lease',
    module: 'sharing.cjs',
    tests: [
      { name: 'releases nothing', body: 'takeAndKeep' },
      { name: 'takes what was not released', body: 'takeWhatWasKept' },
    ],
  },
  {
    name: 'waits-in-vain',
    module: 'sharing.cjs',
    tests: [{ name: 'waits for what is not released', body: 'waitInVain', timeout: usualTimeout }],
  },
  ...twice.map((letter) => ({
    name: `sharing-${letter}`,
    module: 'sharing.cjs' as const,
    tests: [
      { name: `takes a lock for its file (${letter})`, body: 'takeForTheFile' },
      { name: `computes it once (${letter})`, body: 'computeOnce' },
      { name: `gets it again (${letter})`, body: 'computeOnce' },
      { name: `takes ports (${letter})`, body: 'takePorts' },
    ],
  })),
  ...twice.map((letter) => ({
    name: `plugins-${letter}`,
    module: 'plugins.mjs' as const,
    tests: [
      { name: `plugin: takes turns (${letter})`, body: 'takeTurns' },
      { name: `plugin: keeps a lock (${letter})`, body: 'keep' },
      { name: `plugin: is refused (${letter})`, body: 'fail' },
      { name: `plugin: goes down and up (${letter})`, body: 'downAndUp' },
      { name: `plugin: reserves (${letter})`, body: 'reserve' },
      { name: `plugin: listens (${letter})`, body: 'listen' },
      ...Object.entries(documentedOfPlugins).map(([name, body]) => ({ name: `${name} (${letter})`, body })),
    ],
  })),
  ...twice.map((letter) => ({
    name: `documented-${letter}`,
    module: 'documented.cjs' as const,
    tests: Object.entries(documented).map(([name, body]) => ({ name: `${name} (${letter})`, body })),
  })),
];
