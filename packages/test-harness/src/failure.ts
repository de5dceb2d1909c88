/** The failure that a test expects of Carpool. Here nothing of Carpool is imported: each package has its own copy of it. */

/** The error with this code that `work` rejects with or throws; any other is rethrown. */
export type Failing<Code extends string, Failure> = (work: object | (() => unknown), code: Code) => Promise<Failure>;

/** @param is `isCarpoolError` of that copy */
export function failing<Code extends string, Failure>(
  is: (thrown: unknown, code: Code) => thrown is Failure,
): Failing<Code, Failure> {
  return async function failure(work, code) {
    let result: unknown;
    try {
      result = await (typeof work === 'function' ? (work as () => unknown)() : work);
    } catch (thrown) {
      if (is(thrown, code)) return thrown;
      throw thrown;
    }
    throw new Error(`${code} was expected, and there was ${JSON.stringify(result)}`);
  };
}
