/** What a child sees of our environment. */

/** Set on every child, so that a sweep can tell its descendants from other processes. See reaper.ts. */
export const marker = 'CARPOOL_CHILD';

/** Set in a host, and so on all that it starts: children, and what a config or a shared worker starts. See marked.ts. */
export const hostMarker = 'CARPOOL_HOST';

/** Carpool's own variables. They hold the address and the token of the hub, which children must not see. */
const reserved = /^CARPOOL_/i;

export interface EnvironmentSpec {
  /** Added to what is inherited; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** `true` (default): the whole environment; a list: these names only; `false`: nothing. */
  readonly inheritEnv?: boolean | readonly string[] | undefined;
}

/**
 * The environment of a child. But for the mark of the host `CARPOOL_*` never reaches it, neither inherited nor through `env`: a config file that
 * says `env: { ...process.env }` is loaded in the host, which holds the token.
 */
export function childEnvironment(
  spec: EnvironmentSpec,
  ours: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const inherits = inheritance(spec.inheritEnv ?? true);
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(ours)) {
    if (value !== undefined && inherits(name) && !reserved.test(name)) result[name] = value;
  }
  for (const [name, value] of Object.entries(spec.env ?? {})) {
    for (const same of Object.keys(result)) if (fold(same) === fold(name)) delete result[same];
    if (value !== undefined && !reserved.test(name)) result[name] = value;
  }
  const host = ours[hostMarker];
  if (host !== undefined) result[hostMarker] = host;
  return result;
}

/** The value of a variable; on Windows whatever the case of its name. */
export function variable(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const key = Object.keys(env).find((candidate) => fold(candidate) === fold(name));
  return key === undefined ? undefined : env[key];
}

function inheritance(rule: boolean | readonly string[]): (name: string) => boolean {
  if (typeof rule === 'boolean') return () => rule;
  const names = new Set(rule.map(fold));
  return (name) => names.has(fold(name));
}

function fold(name: string): string {
  return process.platform === 'win32' ? name.toUpperCase() : name;
}
