/** `@carpool/json-rpc`: pools of sessions on language servers, and on other JSON-RPC processes. */
export { languageServer, type LanguageServerOptions } from './language-server.ts';
export type { Settings } from './language-server/answers.ts';
export type { Answerer, Answers } from './answerer.ts';
export type {
  LspAnswer,
  LspParams,
  LspQuestionMethod,
  LspRequestMethod,
  LspResult,
  LspTypes,
} from './client/methods.ts';
export { jsonRpc, type JsonRpcOptions } from './json-rpc.ts';
export type { JsonRpcSessionParams, Listening } from './listening.ts';
export type {
  JsonRpcAnswer,
  JsonRpcEvent,
  JsonRpcMessages,
  JsonRpcNotification,
  JsonRpcRequest,
  JsonRpcResponse,
} from './messages.ts';
