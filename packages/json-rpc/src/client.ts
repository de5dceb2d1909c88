/** `@carpool/json-rpc/client`: thin, typed calls for tests, in every runner. */
export { rpc, type Rpc, type RpcMethods } from './client/rpc.ts';
export {
  lsp,
  type Diagnostics,
  type DiagnosticsOptions,
  type Lsp,
  type LspHello,
  type LspSession,
} from './client/lsp.ts';
export type { Answerer, PromisedAnswers } from './answerer.ts';
export type {
  LspAnswer,
  LspNotificationMethod,
  LspParams,
  LspQuestionMethod,
  LspRequestMethod,
  LspResult,
  LspTypes,
} from './client/methods.ts';
