/** Options that the compiler would refuse, in configs that it does not see. */
import { CarpoolError } from 'carpool/protocol';

/** @param option where it is: "languageServer({ root })" @param allowed what may stand there */
export function wrongOption(option: string, found: unknown, allowed: string): CarpoolError {
  const shown = typeof found === 'function' ? 'a function' : (JSON.stringify(found) ?? 'nothing');
  return new CarpoolError('CONFIG_INVALID', `Cannot make ${option}: found ${shown}; allowed: ${allowed}`, {
    context: { option, found: shown, allowed },
  });
}
