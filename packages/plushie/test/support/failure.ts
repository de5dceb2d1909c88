/** The error of Carpool with which the promise must reject. */
import { isCarpoolError, type CarpoolError, type ErrorCode } from 'carpool';

export async function failure(work: PromiseLike<unknown> | (() => unknown), code: ErrorCode): Promise<CarpoolError> {
  let result: unknown;
  try {
    result = await (typeof work === 'function' ? work() : work);
  } catch (thrown) {
    if (isCarpoolError(thrown, code)) return thrown;
    throw thrown;
  }
  throw new Error(`Expected ${code}, got ${JSON.stringify(result)}`);
}
