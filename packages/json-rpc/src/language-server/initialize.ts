/** The first request to a language server. */
import type { ClientCapabilities, InitializeParams } from 'vscode-languageserver-protocol';
import { folderOf } from './answers.ts';
import type { Place } from './place.ts';

/** What sessions can do, as far as it changes what servers send. Little is registered dynamically, so that `capabilities` says what there is. */
const capabilities: ClientCapabilities = {
  general: { positionEncodings: ['utf-16'] },
  workspace: {
    applyEdit: true,
    workspaceEdit: { documentChanges: true },
    configuration: true,
    workspaceFolders: true,
    // The server need not watch the disk itself.
    didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true },
  },
  window: { workDoneProgress: true, showDocument: { support: true } },
  textDocument: {
    synchronization: { didSave: true },
    publishDiagnostics: {
      relatedInformation: true,
      versionSupport: true,
      codeDescriptionSupport: true,
      dataSupport: true,
    },
    // Pyright offers it to clients alone that let it register.
    diagnostic: { dynamicRegistration: true },
    hover: { contentFormat: ['markdown', 'plaintext'] },
    completion: { completionItem: { documentationFormat: ['markdown', 'plaintext'] } },
    signatureHelp: { signatureInformation: { documentationFormat: ['markdown', 'plaintext'] } },
    definition: { linkSupport: true },
    typeDefinition: { linkSupport: true },
    implementation: { linkSupport: true },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    codeAction: {
      codeActionLiteralSupport: { codeActionKind: { valueSet: ['', 'quickfix', 'refactor', 'source'] } },
      dataSupport: true,
      resolveSupport: { properties: ['edit'] },
    },
    rename: { prepareSupport: true },
  },
};

/** @param given replaces what stands here; each part of `capabilities` is replaced on its own */
export function initializeParams(place: Place, given: Partial<InitializeParams>): InitializeParams {
  const { capabilities: own = {}, ...rest } = given;
  const merged = Object.fromEntries(
    Object.entries({ ...capabilities, ...own }).map(([part, value]) => [
      part,
      merge(capabilities[part as keyof ClientCapabilities], value),
    ]),
  );
  return {
    processId: process.pid,
    clientInfo: { name: 'carpool' },
    rootUri: place.realUri,
    rootPath: place.real,
    workspaceFolders: [folderOf(place.realUri)],
    ...rest,
    capabilities: merged,
  };
}

function merge(ours: unknown, theirs: unknown): unknown {
  const both = [ours, theirs].every((it) => typeof it === 'object' && it !== null && !Array.isArray(it));
  return both ? { ...(ours as object), ...(theirs as object) } : theirs;
}
