/** A line of the contract, and what it needs of the place where it runs. */
import type { RegisterOptions, Session } from 'carpool';
import type { Matchers } from 'carpool/testing';
import type { pooledBackend } from '../../../src/backend.ts';
import type { PlushieMessages } from '../../../src/index.ts';

export type PlushieSession = Session<PlushieMessages>;

/** The pools of a variant, on a renderer each. */
export type PoolKind =
  /** For eight sessions. */
  | 'renderer'
  /** For one session. */
  | 'single'
  /** For one session, whose end the renderer has 100 ms to confirm. */
  | 'hasty';

export interface Variant {
  /** Begins the names of its pools and tests. */
  readonly name: 'mockMsgpack' | 'mockJson' | 'headlessMsgpack' | 'headlessJson';
  readonly mode: 'mock' | 'headless';
  readonly format: 'msgpack' | 'json';
}

/** Where the contract runs. */
export interface Where {
  readonly variant: Variant;
  /** Begins an expectation. */
  expect(value: unknown): Matchers;
  /** Registers a session that ends with the test. */
  register(pool: PoolKind, options?: RegisterOptions): Promise<PlushieSession>;
  /** Stops the process of the renderer of `hasty`, which then answers nothing. */
  freeze(): void;
  readonly pooledBackend: typeof pooledBackend;
  /** Where there are other test files. */
  readonly files?: OtherFiles | undefined;
}

export interface OtherFiles {
  /** Resolves when the other file is there too. */
  meet(variant: Variant): Promise<void>;
  /** Resolves with the session that a killed worker has in the pool `single`, when that is in mid-interaction. */
  killed(variant: Variant): Promise<string>;
}

/** A line of the interface. */
export interface Line {
  /** As Plushie writes it. */
  readonly theirs: string;
  /** As it is written here. */
  readonly ours: string;
  /** The name of its test. */
  readonly title: string;
  /** It is about several files, or processes. */
  readonly needsFiles?: true;
  readonly check: (where: Where) => Promise<void>;
}
