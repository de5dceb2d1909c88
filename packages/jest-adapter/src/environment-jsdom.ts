/** For tests in jsdom: `testEnvironment`, or a docblock `@jest-environment @carpool/jest/environment-jsdom`. */
import { createRequire } from 'node:module';
import { withCarpool, type Environment, type WithCarpool } from './environment.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- as in environment.ts
type EnvironmentClass = new (...args: any[]) => Environment;

const jsdom = createRequire(import.meta.url)('jest-environment-jsdom') as {
  readonly TestEnvironment: EnvironmentClass;
};

export default withCarpool(jsdom.TestEnvironment) as WithCarpool<EnvironmentClass>;
