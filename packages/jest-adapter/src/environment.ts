/**
 * `withCarpool(Environment)`: any test environment, and the sessions of the tests that run in it. By default that of
 * Jest itself for Node.
 */
import { createRequire } from 'node:module';
import type { CircusEvent, CircusState } from './circus.ts';
import { TestFile } from './test-file.ts';

/** The part of an environment that is relied on. */
export interface Environment {
  /** The global object of the tests. */
  readonly global: object;
  /** Jest calls it before the test file is loaded. */
  setup(): Promise<void>;
  /** Jest calls it after the last test of the file. */
  teardown(): Promise<void>;
}

/** The first argument of an environment's constructor. */
interface EnvironmentConfig {
  readonly globalConfig: { readonly updateSnapshot: 'all' | 'new' | 'none' };
  readonly projectConfig: {
    readonly rootDir: string;
    readonly testEnvironmentOptions: Readonly<Record<string, unknown>>;
  };
}

interface EnvironmentContext {
  readonly testPath: string;
}

/** The class of a test environment, with any constructor. */
// oxlint-disable-next-line typescript/no-explicit-any -- what a mixin takes
export type EnvironmentClass = new (...args: any[]) => Environment;

/** Methods all of them, so that a class may extend it and call `super`. */
export type WithCarpool<Base extends EnvironmentClass> = new (
  ...args: ConstructorParameters<Base>
) => InstanceType<Base> & {
  /** Opens the test file. A class that overrides it calls `super.setup()`. */
  setup(): Promise<void>;
  /** Ends everything that the file holds. A class that overrides it calls `super.teardown()`. */
  teardown(): Promise<void>;
  /** Follows the tests of the file. A class that overrides it calls `super.handleTestEvent(event, state)`. */
  handleTestEvent(event: { readonly name: string }, state: object): Promise<void>;
};

const key: unique symbol = Symbol.for('carpool.jest.file') as never;
/** The last file of this worker: where its set-up files failed, Jest has torn no environment down. */
const worker = globalThis as { [key]?: TestFile | undefined };

/**
 * A test environment whose tests can use Carpool.
 *
 * @example
 * export default withCarpool(TestEnvironment); // of 'jest-environment-node'
 *
 * @param base any environment class
 */
export function withCarpool<Base extends EnvironmentClass>(base: Base): WithCarpool<Base> {
  const Base = base as EnvironmentClass & (new (...args: never[]) => Listening);
  const Carpool = class extends Base {
    readonly #file: TestFile;
    readonly #before: Promise<void> | undefined;

    constructor(config: EnvironmentConfig, context: EnvironmentContext) {
      super(...([withoutOptions(config), context] as never[]));
      const { rootDir } = config.projectConfig;
      const { updateSnapshot } = config.globalConfig;
      this.#file = new TestFile({ rootDir, testPath: context.testPath, global: this.global, updateSnapshot });
      this.#file.open();
      this.#before = worker[key]?.end();
      worker[key] = this.#file;
    }

    override async setup(): Promise<void> {
      await this.#before;
      await super.setup();
    }

    override async teardown(): Promise<void> {
      worker[key] = undefined;
      await this.#file.end();
      await super.teardown();
    }

    override async handleTestEvent(event: CircusEvent, state: CircusState): Promise<void> {
      const heard = super.handleTestEvent?.(event, state);
      // Jest fails the whole file for what a handler throws; a mistake of ours must not.
      attempt(() => this.#file.notice(event, state));
      await heard;
      await this.#file.handle(event, state).catch(() => undefined);
    }
  };
  return Carpool as unknown as WithCarpool<Base>;
}

interface Listening extends Environment {
  handleTestEvent?(event: CircusEvent, state: CircusState): void | Promise<void>;
}

function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // See `handleTestEvent`.
  }
}

/** Jest makes every option of the environment a global of the tests. */
function withoutOptions(config: EnvironmentConfig): EnvironmentConfig {
  const { carpool: _, ...testEnvironmentOptions } = config.projectConfig.testEnvironmentOptions;
  return { ...config, projectConfig: { ...config.projectConfig, testEnvironmentOptions } };
}

/** The environment of the Jest that is installed beside this package: one of another version would not do. */
function ownEnvironment(): EnvironmentClass {
  let from = import.meta.url;
  for (const name of ['jest', '@jest/core', 'jest-config', 'jest-environment-node'])
    from = createRequire(from).resolve(name);
  return (createRequire(from)(from) as { readonly TestEnvironment: EnvironmentClass }).TestEnvironment;
}

/** Jest's own environment for Node, with Carpool. */
export default withCarpool(ownEnvironment()) as WithCarpool<EnvironmentClass>;
