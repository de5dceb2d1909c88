/** The error of Carpool that something must fail with. */
import { expect } from 'vitest';
import { isCarpoolError, type CarpoolError, type ErrorCode } from '../../src/base/errors.ts';

export async function failure(work: Promise<unknown> | (() => unknown), code: ErrorCode): Promise<CarpoolError> {
  try {
    const result = await (typeof work === 'function' ? work() : work);
    throw new Error(`${code} was expected, and it gave ${JSON.stringify(result)}`);
  } catch (thrown) {
    if (!isCarpoolError(thrown)) throw thrown;
    expect(thrown.code, thrown.stack ?? thrown.message).toBe(code);
    return thrown;
  }
}
