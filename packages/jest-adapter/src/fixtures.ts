/** What a test function asks for, and what it is given. */
import { copyErrorToRealm } from 'carpool/adapter/realm';
import type { Bridge } from './bridge.ts';

/**
 * The names among `names` that a function destructures from its last parameter. More than it uses does no harm, so that
 * every word of the parameter list counts.
 * @param rows whether parameters of its own, those of a table, may come first
 */
export function namesWanted(body: Function, names: readonly string[], rows: boolean): readonly string[] {
  const source = String(body);
  const parameters = /^(?:async\b\s*)?(?:function\b[^(]*)?\(([^)]*)/.exec(source)?.[1];
  if (parameters?.includes('{') === true) {
    const message = new Set(parameters.match(/[\w$]+/g));
    return names.filter((name) => message.has(name));
  }
  // A compiler for old engines moves the destructuring into the body, or wraps the function: then it may be any of them.
  const hidden = parameters === undefined || (parameters === '' ? /\barguments\b/.test(source) : !rows);
  return hidden ? names : [];
}

/** The object that a test destructures. What it holds is there; what it lacks says why. */
export function fixtures(given: Readonly<Record<string, unknown>>, bridge: Bridge): object {
  const get = (target: object, name: string | symbol): unknown => {
    if (typeof name === 'symbol' || name in target || name === 'then') return Reflect.get(target, name);
    const isPool = bridge.pools?.includes(name) === true;
    const isLock = Object.hasOwn(bridge.locks ?? {}, name);
    if (!isPool && !isLock && bridge.sharedWorkers?.includes(name) !== true)
      throw copyErrorToRealm(bridge.unknownFixture(name));
    const other = isLock ? `lock "${name}"` : `shared worker "${name}"`;
    const what = isPool ? `session of the pool "${name}"` : other;
    throw new Error(`The ${what} is not ready: name it in the parameters of the test, as in \`({ ${name} }) => …\``);
  };
  return new Proxy(given, { get });
}
