/** What answers the questions of a language server: a function for each method, or one for all. */
import type { LspAnswer, LspParams, LspQuestionMethod } from './client/methods.ts';

/** A function for a method that the published protocol does not know. Its params may be declared as they are known to be. */
type Other = { answer(params: unknown): unknown }['answer'];

/**
 * Answers by method, with the published types. `undefined` does not answer the question. Methods that the published protocol
 * does not know may stand among them.
 */
export type Answers = {
  readonly [Method in LspQuestionMethod]?: (params: LspParams<Method>) => LspAnswer<Method> | undefined;
} & {
  /** Of a method that the published protocol does not know. */
  readonly [method: string]: Other | undefined;
};

/** Likewise, where answers may be promised. */
export type PromisedAnswers = {
  readonly [Method in LspQuestionMethod]?: (
    params: LspParams<Method>,
  ) => LspAnswer<Method> | undefined | Promise<LspAnswer<Method> | undefined>;
} & {
  /** Of a method that the published protocol does not know. */
  readonly [method: string]: Other | undefined;
};

/** Answers all questions. What it returns is the result; `undefined` does not answer the question. */
export type Answerer = (method: string, params: unknown) => unknown;

/** One function for all methods. */
export function answererOf(given: Answerer | PromisedAnswers): Answerer {
  if (typeof given === 'function') return given;
  return (method, params) => {
    if (!Object.hasOwn(given, method)) return undefined;
    return (given as Readonly<Record<string, Other | undefined>>)[method]?.(params);
  };
}
