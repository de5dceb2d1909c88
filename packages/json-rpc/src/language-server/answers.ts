/** What the server asks its client, and gets where no session answers: what an editor without settings would say. */

/** Settings of the server, by section: `{ css: { validate: false } }`, or with dots, `{ 'css.validate': false }`. */
export type Settings = Readonly<Record<string, unknown>>;

export interface AnswerDefaults {
  /** The URI of the root. */
  readonly root: string;
  readonly settings: Settings | undefined;
}

/** The answer to a question, as plain data; undefined: there is none, and the server learns that. */
export function defaultAnswer(method: string, params: unknown, { root, settings = {} }: AnswerDefaults): unknown {
  switch (method) {
    case 'workspace/configuration':
      return (params as { readonly items: readonly { readonly section?: string }[] }).items.map(({ section }) =>
        settingIn(settings, section),
      );
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

/** What stands under a section: under its whole name, or one level down for each dot. Null: nothing does. */
function settingIn(settings: Settings, section: string | undefined): unknown {
  if (section === undefined || section === '') return settings;
  if (Object.hasOwn(settings, section)) return settings[section];
  let found: unknown = settings;
  for (const part of section.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return null;
    found = (found as Settings)[part];
  }
  return found;
}

/** The root as a workspace folder. */
export function folderOf(uri: string): { readonly uri: string; readonly name: string } {
  return { uri, name: decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1)) };
}
