/** What tests of real servers ask. */
import type { Diagnostic, MarkupContent } from 'vscode-languageserver-protocol';
import type { Lsp } from '../../src/client.ts';

export async function hoverOf(server: Lsp, document: string, line: number, character: number): Promise<string> {
  const position = { line, character };
  const hover = await server.request('textDocument/hover', { textDocument: { uri: server.uri(document) }, position });
  return (hover!.contents as MarkupContent).value;
}

/** The first line of what was found. */
export function firstLine({ message }: Diagnostic): string {
  return (typeof message === 'string' ? message : message.value).split('\n', 1)[0] ?? '';
}
