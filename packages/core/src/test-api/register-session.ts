/** `register(pool)`: a session for the test that runs, from helper modules that receive no fixtures. */
import { callSite, CarpoolError, errorAt, isCarpoolError, type CallSite } from '../base/errors.ts';
import type { Owner } from '../client/owner.ts';
import { registerInScopeNames, type RegisterInScopeOptions } from '../client/session-pools.ts';
import type { Session } from '../session/types.ts';
import type { CurrentTest } from './current-test.ts';

/** The options of `register`, and what its adapter adds. */
export interface RegisterSessionOptions extends RegisterInScopeOptions {
  /** The user's call, to which errors point. */
  readonly site?: CallSite;
  /** Called where no test file runs. Rejects with what is wrong with the set-up, if that is the reason. */
  readonly check?: () => unknown;
}

/**
 * Takes one more session of a pool for the test that runs, its file, or its process.
 * @param current what the adapter put around the test; undefined where no file runs
 * @throws CarpoolError SESSION_MISUSED where no test runs, and as `Owner.register`
 */
export function registerSession(
  current: CurrentTest | undefined,
  pool: string,
  { scope = 'test', site = callSite(registerSession), check, ...options }: RegisterSessionOptions = {},
): Promise<Session> {
  registerInScopeNames.check(options, site);
  let owner: Owner;
  try {
    owner = ownerOf(current, pool, scope);
  } catch (thrown) {
    const refused = refuse(thrown, site, current === undefined ? check : undefined);
    // A body that runs on after the end of its test must not fail another one as an unhandled rejection.
    refused.catch(() => {});
    return refused;
  }
  return owner.register(pool, { ...options, site });
}

async function refuse(thrown: unknown, site: CallSite, check?: () => unknown): Promise<never> {
  let reason = thrown;
  try {
    await check?.();
  } catch (problem) {
    reason = problem;
  }
  throw isCarpoolError(reason) ? errorAt(reason, site) : reason;
}

function ownerOf(current: CurrentTest | undefined, pool: string, scope: string): Owner {
  const write = (other: string): string => `\`register('${pool}', { scope: '${other}' })\``;
  switch (scope) {
    case 'test': {
      const test = testOf(current);
      if (test !== undefined) return test;
      const message = `Cannot register a session for a test: no test is running here; in \`beforeAll\`, and outside of tests, write ${write('file')}, and the session ends with the file`;
      throw new CarpoolError('SESSION_MISUSED', message, { context: { pool, scope } });
    }
    case 'file': {
      if (current?.file !== undefined) return current.file;
      const message = `Cannot register a session for a file: no test file is running here; call it in a test or a hook`;
      throw new CarpoolError('SESSION_MISUSED', message, { context: { pool, scope } });
    }
    case 'worker': {
      if (current !== undefined) return current.worker();
      const message = `Cannot register a session for a worker: no test file is running here; call it in a test or a hook`;
      throw new CarpoolError('SESSION_MISUSED', message, { context: { pool, scope } });
    }
    default: {
      const message = `Cannot register a session with the scope ${JSON.stringify(scope)}: there are "test", "file" and "worker"`;
      throw new CarpoolError('SESSION_MISUSED', message, { context: { pool, scope } });
    }
  }
}

/** An adapter that cannot tell which test asks says what to write instead. */
function testOf(current: CurrentTest | undefined): Owner | undefined {
  try {
    return current?.test();
  } catch (thrown) {
    if (!isCarpoolError(thrown, 'LEASE_INVALID')) throw thrown;
    throw new CarpoolError('SESSION_MISUSED', thrown.message, { cause: thrown.cause });
  }
}
