/** AVA's names and types, and what is more here. */

/** A namespace, as in AVA; it holds types alone. */
export declare namespace SharedWorker {
  type ProtocolIdentifier = 'ava-4';

  type FactoryOptions = {
    negotiateProtocol<Data = unknown>(supported: readonly ['ava-4']): Protocol<Data>;
  };

  /** The default export of a shared worker's file. */
  type Factory = (options: FactoryOptions) => void | Promise<void>;

  type RunEvent = {
    /** The run in which this worker was started begins; a later one begins; one ends. */
    readonly event: 'start' | 're-run' | 'end';
    /** From 1. */
    readonly run: number;
  };

  type Protocol<Data = unknown> = {
    readonly initialData: Data;
    readonly protocol: 'ava-4';
    broadcast: (data: Data) => BroadcastMessage<Data>;
    ready: () => Protocol<Data>;
    subscribe: () => AsyncIterableIterator<ReceivedMessage<Data>>;
    testWorkers: () => AsyncIterableIterator<TestWorker<Data>>;
    /** Run when the host stops, and before the file is loaded again: newest first, one after another, with a deadline. */
    teardown: (fn: (() => Promise<void>) | (() => void)) => () => Promise<void>;
    /** Runs that begin and end. It starts with the one that is going on. */
    runs: () => AsyncIterableIterator<RunEvent>;
  };

  type BroadcastMessage<Data = unknown> = {
    readonly id: string;
    replies: () => AsyncIterableIterator<ReceivedMessage<Data>>;
  };

  type PublishedMessage<Data = unknown> = {
    readonly id: string;
    replies: () => AsyncIterableIterator<ReceivedMessage<Data>>;
  };

  type ReceivedMessage<Data = unknown> = {
    readonly data: Data;
    readonly id: string;
    readonly testWorker: TestWorker<Data>;
    reply: (data: Data) => PublishedMessage<Data>;
  };

  type TestWorker<Data = unknown> = {
    readonly id: string;
    readonly file: string;
    publish: (data: Data) => PublishedMessage<Data>;
    subscribe: () => AsyncIterableIterator<ReceivedMessage<Data>>;
    teardown: (fn: (() => Promise<void>) | (() => void)) => () => Promise<void>;
  };

  namespace Plugin {
    type RegistrationOptions<Identifier extends ProtocolIdentifier, Data = unknown> = {
      readonly filename: string | URL;
      readonly initialData?: Data;
      readonly supportedProtocols: readonly Identifier[];
      readonly teardown?: () => void | Promise<void>;
    };

    type RequestOptions = {
      /** Milliseconds to the first reply. Default 30,000. */
      readonly timeout?: number;
      readonly signal?: AbortSignal;
    };

    type Protocol<Data = unknown> = {
      readonly available: Promise<void>;
      readonly currentlyAvailable: boolean;
      readonly protocol: 'ava-4';
      publish: (data: Data) => PublishedMessage<Data>;
      /** Resolves with the data of the first reply. */
      request: <Reply = Data>(data: Data, options?: RequestOptions) => Promise<Reply>;
      subscribe: () => AsyncIterableIterator<ReceivedMessage<Data>>;
    };

    type PublishedMessage<Data = unknown> = {
      readonly id: string;
      replies: () => AsyncIterableIterator<ReceivedMessage<Data>>;
    };

    type ReceivedMessage<Data = unknown> = {
      readonly data: Data;
      readonly id: string;
      reply: (data: Data) => PublishedMessage<Data>;
    };
  }
}
