/** What the server asks its client, and gets where no session answers: what an editor without settings would say. */

/** Answers questions of the server. Undefined: as by default. */
export type Answerer = (method: string, params: unknown) => unknown;

/** The answer to a question, as plain data; undefined: there is none, and the server learns that. */
export function defaultAnswer(method: string, params: unknown, root: string): unknown {
  switch (method) {
    case 'workspace/configuration':
      return (params as { readonly items: readonly unknown[] }).items.map(() => null);
    case 'workspace/workspaceFolders':
      return [folderOf(root)];
    case 'workspace/applyEdit':
      return { applied: false, failureReason: 'no session applies edits' };
    case 'window/showDocument':
      return { success: false };
    case 'client/registerCapability':
    case 'client/unregisterCapability':
    case 'window/workDoneProgress/create':
    case 'window/showMessageRequest':
      return null;
    default:
      return /^workspace\/\w+\/refresh$/.test(method) ? null : undefined;
  }
}

/** The root as a workspace folder. */
export function folderOf(uri: string): { readonly uri: string; readonly name: string } {
  return { uri, name: decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1)) };
}
