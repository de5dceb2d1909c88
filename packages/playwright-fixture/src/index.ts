/** `test` and `expect` with the pools of Carpool, and what they are made of, for a `test` of your own. */
import { test as base, type TestType } from '@playwright/test';
import type { Config } from 'carpool';
import { carpoolFixtures, ownFixtures, type TestFixtures, type WorkerFixtures } from './fixtures.ts';

export { carpoolFixtures };
export type { RegisterExtraOptions, SessionPools } from 'carpool/client';
export type { CarpoolUse, TestFixtures, WorkerFixtures } from './fixtures.ts';
export type { EvidenceRule } from './evidence.ts';
export { expect, type ExpectSession, type MatcherOptions, type SessionMatchers, type Shape } from './expect.ts';

/**
 * Names the config whose types `test` has:
 *
 *   declare module '@carpool/playwright' { interface Register { config: typeof config } }
 */
export interface Register {}

type Registered = Register extends { readonly config: infer C extends Config } ? C : Config;

type Base = typeof base;
type TestWith<T extends {}, W extends {}> =
  Base extends TestType<infer TestArgs, infer WorkerArgs> ? TestType<TestArgs & T, WorkerArgs & W> : never;

/** Playwright's `test` with `carpool`, which registers sessions of any pool. It has no fixture by the name of a pool. */
export const test: TestWith<
  Pick<TestFixtures<Registered>, 'carpool' | 'carpoolTimeout' | 'carpoolEvidence'>,
  WorkerFixtures<Registered>
> = base.extend(ownFixtures as never);

/** Playwright's `test` with the pools of a config as fixtures. */
export function withPools<C extends Config>(config: C): TestWith<TestFixtures<C>, WorkerFixtures<C>> {
  return base.extend<TestFixtures<C>, WorkerFixtures<C>>(carpoolFixtures(config) as never) as never;
}
