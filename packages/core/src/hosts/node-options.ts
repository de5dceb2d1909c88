/** `NODE_OPTIONS` of a host. */

/** The same without a debugger: that is for the runner. */
export function withoutInspector(options: string | undefined): string | undefined {
  return options?.replaceAll(/--inspect\S*/g, '').trim();
}
