/**
 * Vitest transforms the packages of this workspace, because they are not in node_modules as in a project that has installed
 * them, where it leaves them to Node. The demo measures what such a project would.
 */
export const asInstalled: { deps: { external: RegExp[] } } = {
  deps: { external: [/\/packages\/(?:core|json-rpc|plushie|postgres|redis)\/dist\//] },
};
