/** Options with several values. */
import { Option } from 'commander';

/**
 * Given again for each further value: one that takes several words would take the arguments behind it, too. Its value is a list.
 */
export class RepeatableOption extends Option {
  constructor(flags: string, description: string, choices?: readonly string[]) {
    super(flags, `${description}; may be given several times`);
    if (choices !== undefined) this.choices(choices);
    const { parseArg: check } = this;
    this.argParser<readonly string[] | undefined>((text, before = []) => [...before, check?.(text, text) ?? text]);
  }
}
