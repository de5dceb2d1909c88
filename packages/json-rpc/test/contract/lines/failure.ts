import type { CarpoolError, ErrorCode } from 'carpool';

/** The error of Carpool with this code, which the call must throw or reject with. */
export async function failure(code: ErrorCode, call: () => unknown): Promise<CarpoolError> {
  let result: unknown;
  try {
    result = await call();
  } catch (thrown) {
    const error = thrown as CarpoolError;
    if (error.code !== code) throw thrown;
    return error;
  }
  throw new Error(`${code} was expected, and the call gave ${JSON.stringify(result)}`);
}
