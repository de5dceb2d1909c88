/** What the run is: set by the script, in the environment. */

/** Whose pool serves the sessions. */
export type Place = 'own pool' | 'in process' | 'through the host';

export const place: Place = variable('CARPOOL_INTEROP_PLACE', ['own pool', 'in process', 'through the host']);
export const mode: 'mock' | 'headless' = variable('CARPOOL_INTEROP_MODE', ['mock', 'headless']);
export const format: 'msgpack' | 'json' = variable('CARPOOL_INTEROP_FORMAT', ['msgpack', 'json']);

/** A path that the script passes. */
export function required(name: string): string {
  const text = process.env[name];
  if (text === undefined) throw new Error(`${name} is not set`);
  return text;
}

function variable<const Value extends string>(name: string, allowed: readonly Value[]): Value {
  const text = process.env[name];
  const value = allowed.find((one) => one === text);
  if (value === undefined) throw new Error(`${name} is ${text}; it must be one of ${allowed.join(', ')}`);
  return value;
}
