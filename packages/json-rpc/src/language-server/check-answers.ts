/** The option `answer`, in configs that the compiler does not see. */
import { wrongOption } from '../wrong-option.ts';

/** @throws CarpoolError CONFIG_INVALID if the option is something else: not all configs are seen by the compiler */
export function checkAnswers(answer: unknown): void {
  if (answer === undefined || typeof answer === 'function') return;
  if (typeof answer !== 'object' || answer === null)
    throw wrongOption('languageServer({ answer })', answer, 'a function, or functions by method');
  for (const [method, own] of Object.entries(answer)) {
    if (own !== undefined && typeof own !== 'function')
      throw wrongOption(`languageServer({ answer: { '${method}' } })`, own, 'a function');
  }
}
