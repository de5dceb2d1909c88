/** The methods of the Language Server Protocol, and their types, as `vscode-languageserver-protocol` publishes them. */
import type * as published from 'vscode-languageserver-protocol';
import type {
  ProtocolNotificationType,
  ProtocolNotificationType0,
  ProtocolRequestType,
  ProtocolRequestType0,
} from 'vscode-languageserver-protocol';

type Published = typeof published;

/** What each name stands for that is a method: `HoverRequest` is `{ method: 'textDocument/hover', type: … }`. */
type Types = {
  [
    Name in keyof Published as Published[Name] extends {
      readonly method: infer Method extends string;
      readonly type: object;
    }
      ? Method
      : never
  ]: Published[Name] extends { readonly type: infer Type } ? Type : never;
};

/** Methods that have a reply: `'textDocument/hover'`. */
export type LspRequestMethod = {
  [Method in keyof Types]: ResultOf<Types[Method]> extends never ? never : Method;
}[keyof Types];

/** Methods without a reply: `'textDocument/didSave'`. */
export type LspNotificationMethod = Exclude<keyof Types, LspRequestMethod>;

/** What a request or a notification of this method takes; `undefined` where it takes nothing. */
export type LspParams<Method extends keyof Types> = ParamsOf<Types[Method]>;

/** What a request of this method gives. */
export type LspResult<Method extends LspRequestMethod> = ResultOf<Types[Method]>;

type ParamsOf<Type> =
  Type extends ProtocolRequestType<infer Params, infer _Result, infer _Partial, infer _Error, infer _Options>
    ? Params
    : Type extends ProtocolNotificationType<infer Params, infer _Options>
      ? Params
      : Type extends ProtocolNotificationType0<infer _Options>
        ? undefined
        : undefined;

type ResultOf<Type> =
  Type extends ProtocolRequestType<infer _Params, infer Result, infer _Partial, infer _Error, infer _Options>
    ? Result
    : Type extends ProtocolRequestType0<infer Result, infer _Partial, infer _Error, infer _Options>
      ? Result
      : never;
