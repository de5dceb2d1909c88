/** Values of options, from the command line. */
import { InvalidArgumentError } from 'commander';

/** At least 1. @throws InvalidArgumentError, which commander reports with the name of the option */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a whole number, at least 1.');
}

/** `^` and `$` match at lines. @throws InvalidArgumentError */
export function regularExpression(text: string): RegExp {
  try {
    return new RegExp(text, 'mu');
  } catch (thrown) {
    throw new InvalidArgumentError(thrown instanceof Error ? `${thrown.message}.` : 'It must be a regular expression.');
  }
}
