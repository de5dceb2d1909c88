/** The error of Carpool with which the promise must reject. */
import type { ErrorCode } from '../../src/base/error-kinds.ts';
import { isCarpoolError, type CarpoolError } from '../../src/base/errors.ts';

export async function failure(work: object | (() => unknown), code: ErrorCode): Promise<CarpoolError> {
  let result: unknown;
  try {
    result = await (typeof work === 'function' ? work() : work);
  } catch (thrown) {
    if (isCarpoolError(thrown, code)) return thrown;
    throw thrown;
  }
  throw new Error(`${code} was expected, and there was ${JSON.stringify(result)}`);
}
