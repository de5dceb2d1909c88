/** How many sessions a pool has room for: three options, of which any may be left out. Pure. */

export interface CapacityOptions {
  readonly children?: number | undefined;
  readonly sessionsPerChild?: number | undefined;
  readonly maxSessions?: number | undefined;
}

export interface Capacity {
  /** The most children at a time. */
  readonly children: number;
  /** Sessions that one child can hold at once. */
  readonly sessionsPerChild: number;
  /** Sessions at a time: the product of both. */
  readonly maxSessions: number;
}

const defaultSessionsPerChild = 8;

/**
 * `maxSessions` is `children` × `sessionsPerChild`, and what is left out follows from the rest. The default is one child
 * with eight sessions.
 */
export function capacityOf({ children = 1, sessionsPerChild, maxSessions }: CapacityOptions): Capacity {
  const each = sessionsPerChild ?? (maxSessions === undefined ? defaultSessionsPerChild : maxSessions / children);
  return { children, sessionsPerChild: each, maxSessions: maxSessions ?? children * each };
}

/** What `maxSessions` may be where it contradicts the other two; `undefined`: it does not. */
export function allowedMaxSessions(options: CapacityOptions): string | undefined {
  const { children, sessionsPerChild, maxSessions } = capacityOf(options);
  if (options.sessionsPerChild !== undefined) {
    const product = children * sessionsPerChild;
    if (maxSessions === product) return undefined;
    return `${product}, which is \`children\` (${children}) × \`sessionsPerChild\` (${sessionsPerChild}); change one of the three`;
  }
  if (Number.isInteger(sessionsPerChild)) return undefined;
  const multiple = Math.ceil(sessionsPerChild) * children;
  return `a multiple of \`children\` (${children}), such as ${multiple}, because each child holds as many sessions`;
}
