/** AVA's names and types, and what is more here. */

/** The types of shared workers, by AVA's names: those of the worker, and in `Plugin` those of the test file. */
export declare namespace SharedWorker {
  /** The protocols that a worker and a test file can negotiate. There is one. */
  type ProtocolIdentifier = 'ava-4';

  /** What the factory of a shared worker receives. */
  type FactoryOptions = {
    /**
     * Chooses the protocol. The tests wait until `ready()` of the result is called. If `supported` has no known protocol, the
     * worker ends, and the test files that need it fail with SHARED_WORKER_PROTOCOL.
     */
    negotiateProtocol<Data = unknown>(supported: readonly ['ava-4']): Protocol<Data>;
  };

  /**
   * The default export of a shared worker's file. It is called once for each start of the worker. An error that it throws
   * ends the worker: the test files that need it fail with SHARED_WORKER_FAILED.
   *
   * @example
   * ```ts
   * const factory: SharedWorker.Factory = async ({ negotiateProtocol }) => {
   *   const main = negotiateProtocol<number>(['ava-4']).ready();
   *   let count = 0;
   *   for await (const message of main.subscribe()) message.reply((count += message.data));
   * };
   *
   * export default factory;
   * ```
   */
  type Factory = (options: FactoryOptions) => void | Promise<void>;

  /** The begin or the end of a run, as `runs()` reports it. */
  type RunEvent = {
    /** `start`: the run in which this worker was started. `re-run`: a later run begins. `end`: a run has ended. */
    readonly event: 'start' | 're-run' | 'end';
    /** The number of the run, from 1. */
    readonly run: number;
  };

  /** The worker's side of the protocol. */
  type Protocol<Data = unknown> = {
    /** The value of the first registration of the run, or of the config. */
    readonly initialData: Data;
    /** The negotiated protocol. */
    readonly protocol: 'ava-4';
    /** Sends a message to all test workers. */
    broadcast: (data: Data) => BroadcastMessage<Data>;
    /** Reports that the worker can be used. Calling it again does nothing. */
    ready: () => Protocol<Data>;
    /** All messages that test workers publish from the first `next()` on; replies are not among them. */
    subscribe: () => AsyncIterableIterator<ReceivedMessage<Data>>;
    /** The test workers that join from now on. */
    testWorkers: () => AsyncIterableIterator<TestWorker<Data>>;
    /**
     * Registers a function that runs when the host stops, and before the file is loaded again: newest first, one after
     * another, for at most `teardownTimeout` milliseconds, 5,000 by default. Returns a function that runs it now.
     */
    teardown: (fn: (() => Promise<void>) | (() => void)) => () => Promise<void>;
    /** The begin and end of runs. It starts with the current run. */
    runs: () => AsyncIterableIterator<RunEvent>;
  };

  /** A message that was sent to all test workers. */
  type BroadcastMessage<Data = unknown> = {
    /** Unique in the run. */
    readonly id: string;
    /** The replies of all test workers to this message. */
    replies: () => AsyncIterableIterator<ReceivedMessage<Data>>;
  };

  /** A message that was sent to one test worker. */
  type PublishedMessage<Data = unknown> = {
    /** Unique in the run. */
    readonly id: string;
    /** The replies of the test worker to this message. */
    replies: () => AsyncIterableIterator<ReceivedMessage<Data>>;
  };

  /** A message of a test worker. */
  type ReceivedMessage<Data = unknown> = {
    /** What was sent. It is decoded at the first access. */
    readonly data: Data;
    /** Unique in the run. */
    readonly id: string;
    /** Its sender; the same object for all messages of that test file. */
    readonly testWorker: TestWorker<Data>;
    /** Answers this message. The sender reads the answer from `replies()` or `request()`. */
    reply: (data: Data) => PublishedMessage<Data>;
  };

  /** A test file in the process that runs it. It leaves when the file ends, or when its process does. */
  type TestWorker<Data = unknown> = {
    /** Unique in the run. */
    readonly id: string;
    /** The `file:` URL of the test file. */
    readonly file: string;
    /** Sends a message to this test worker. */
    publish: (data: Data) => PublishedMessage<Data>;
    /** The messages of this test worker. It ends when the test worker has left and all are read. */
    subscribe: () => AsyncIterableIterator<ReceivedMessage<Data>>;
    /**
     * Registers a function that runs when this test worker leaves: newest first, one after another, each once. The end of
     * the file waits for it. Returns a function that runs it now.
     */
    teardown: (fn: (() => Promise<void>) | (() => void)) => () => Promise<void>;
  };

  /** The types of the test file's side, AVA's `SharedWorker.Plugin`. */
  namespace Plugin {
    /** The options of `registerSharedWorker` for a file. */
    type RegistrationOptions<Identifier extends ProtocolIdentifier, Data = unknown> = {
      /** A `URL`, a `file:` URL as text, or an absolute path. It is compared as text: another `#hash` is another worker. */
      readonly filename: string | URL;
      /** `initialData` of the worker. Only the first registration's value is used. Default `undefined`. */
      readonly initialData?: Data;
      /** The protocols that the test file supports. */
      readonly supportedProtocols: readonly Identifier[];
      /** Runs in the test process at the end of the file: one for each registration, newest first, one after another. */
      readonly teardown?: () => void | Promise<void>;
    };

    /** The options of `request`. */
    type RequestOptions = {
      /** Milliseconds to the first reply. Default 30,000. */
      readonly timeout?: number;
      /** Aborts the wait; `request` then rejects with the reason of the signal. */
      readonly signal?: AbortSignal;
    };

    /** The test file's side of the protocol. */
    type Protocol<Data = unknown> = {
      /**
       * Resolves when the worker is ready; where Playwright only collects tests, at once.
       * @throws CarpoolError SHARED_WORKER_FAILED, SHARED_WORKER_PROTOCOL, HUB_LOST
       */
      readonly available: Promise<void>;
      /** Whether messages can be published now. */
      readonly currentlyAvailable: boolean;
      /** The negotiated protocol. */
      readonly protocol: 'ava-4';
      /**
       * Sends a message to the worker.
       * @throws CarpoolError SHARED_WORKER_FAILED before the worker is ready and after its end; SESSION_CLOSED after the end of
       * the test file; SESSION_OVERFLOW if the worker does not read
       */
      publish: (data: Data) => PublishedMessage<Data>;
      /**
       * Sends a message and resolves with the data of the first reply. It waits until the worker is ready.
       * @throws CarpoolError REQUEST_TIMEOUT, SHARED_WORKER_FAILED, HUB_LOST
       */
      request: <Reply = Data>(data: Data, options?: RequestOptions) => Promise<Reply>;
      /**
       * The messages that the worker publishes to this file, or broadcasts, from the first `next()` on; replies are not
       * among them. The first subscription of a file also gets what came before it: the first 1,000 messages, or 16 MiB. At
       * the end of the file a read that still waits stays pending. @throws CarpoolError SESSION_OVERFLOW after 10,000 unread messages or 256 MiB
       */
      subscribe: () => AsyncIterableIterator<ReceivedMessage<Data>>;
    };

    /** A message that was sent to the worker. */
    type PublishedMessage<Data = unknown> = {
      /** Unique in the run. */
      readonly id: string;
      /** The replies of the worker to this message. */
      replies: () => AsyncIterableIterator<ReceivedMessage<Data>>;
    };

    /** A message of the worker. */
    type ReceivedMessage<Data = unknown> = {
      /** What was sent. It is decoded at the first access. */
      readonly data: Data;
      /** Unique in the run. */
      readonly id: string;
      /** Answers this message. The worker reads the answer from `replies()`. */
      reply: (data: Data) => PublishedMessage<Data>;
    };
  }
}
