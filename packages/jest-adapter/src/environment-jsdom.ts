/** For tests in jsdom: `testEnvironment`, or a docblock `@jest-environment @carpool/jest/environment-jsdom`. */
import { createRequire } from 'node:module';
import { withCarpool, type EnvironmentClass, type WithCarpool } from './environment.ts';

const jsdom = createRequire(import.meta.url)('jest-environment-jsdom') as {
  readonly TestEnvironment: EnvironmentClass;
};

/** The environment of `jest-environment-jsdom`, with Carpool. */
export default withCarpool(jsdom.TestEnvironment) as WithCarpool<EnvironmentClass>;
