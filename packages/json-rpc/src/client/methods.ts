/** The methods of the Language Server Protocol, and their types, as `vscode-languageserver-protocol` publishes them. */
import type * as published from 'vscode-languageserver-protocol';
import type {
  ProtocolNotificationType,
  ProtocolRequestType,
  ProtocolRequestType0,
} from 'vscode-languageserver-protocol';

/**
 * The published type of each method. The package has a name for each: `HoverRequest` is
 * `{ method: 'textDocument/hover', type: … }`.
 */
export type LspTypes = {
  [
    Name in keyof typeof published as (typeof published)[Name] extends {
      readonly method: infer Method extends string;
      readonly type: object;
    }
      ? Method
      : never
  ]: (typeof published)[Name] extends { readonly type: infer Type } ? Type : never;
};

/** Methods that have a reply: `'textDocument/hover'`. */
export type LspRequestMethod = {
  [Method in keyof LspTypes]: LspTypes[Method] extends
    | ProtocolRequestType<infer _Params, infer _Result, infer _Partial, infer _Error, infer _Options>
    | ProtocolRequestType0<infer _Result, infer _Partial, infer _Error, infer _Options>
    ? Method
    : never;
}[keyof LspTypes];

/** Methods without a reply: `'textDocument/didSave'`. */
export type LspNotificationMethod = Exclude<keyof LspTypes, LspRequestMethod>;

/** What a request or a notification of this method takes; `undefined` where it takes nothing. */
export type LspParams<Method extends keyof LspTypes> =
  LspTypes[Method] extends ProtocolRequestType<
    infer Params,
    infer _Result,
    infer _Partial,
    infer _Error,
    infer _Options
  >
    ? Params
    : LspTypes[Method] extends ProtocolNotificationType<infer Params, infer _Options>
      ? Params
      : undefined;

/** What a request of this method gives. */
export type LspResult<Method extends LspRequestMethod> =
  LspTypes[Method] extends ProtocolRequestType<
    infer _Params,
    infer Result,
    infer _Partial,
    infer _Error,
    infer _Options
  >
    ? Result
    : LspTypes[Method] extends ProtocolRequestType0<infer Result, infer _Partial, infer _Error, infer _Options>
      ? Result
      : never;

/** Methods by which a server asks its client: `'workspace/configuration'`. The published types do not say which these are. */
export type LspQuestionMethod = Extract<
  LspRequestMethod,
  | 'client/registerCapability'
  | 'client/unregisterCapability'
  | 'window/showDocument'
  | 'window/showMessageRequest'
  | 'window/workDoneProgress/create'
  | 'workspace/applyEdit'
  | 'workspace/codeLens/refresh'
  | 'workspace/configuration'
  | 'workspace/diagnostic/refresh'
  | 'workspace/foldingRange/refresh'
  | 'workspace/inlayHint/refresh'
  | 'workspace/inlineValue/refresh'
  | 'workspace/semanticTokens/refresh'
  | 'workspace/textDocumentContent/refresh'
  | 'workspace/workspaceFolders'
>;

/** What answers a question of this method: its result, `null` where it has none. */
export type LspAnswer<Method extends LspQuestionMethod> = void extends LspResult<Method> ? null : LspResult<Method>;
