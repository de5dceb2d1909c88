/**
 * What every session guarantees, wherever its pool runs: in this process, behind a host, or in a replay. Run it against your
 * own with the `test` and `expect` of your runner:
 *
 *   sessionContract('in process', { test, expect, make: (child, options) => … });
 *
 * `make` makes a pool of a child that talks as test/programs/talk.mjs does: it echoes a message as
 * `{type: 'reply', session, id, echo}` and confirms `reset` with `closed`. Its name says what else it does. A message
 * `{type: 'diagnostic', session, code, message}` is a diagnostic, by its protocol.
 */
import { childrenContract } from './contract/children.ts';
import { diagnosticsContract } from './contract/diagnosing.ts';
import { eventContract } from './contract/events.ts';
import { isolationContract } from './contract/isolation.ts';
import { registerContract } from './contract/registering.ts';
import { stackContract } from './contract/stacks.ts';
import { stepContract } from './contract/steps.ts';
import type { SessionContract } from './contract/subject.ts';
import { talkContract } from './contract/talking.ts';
import { unregisterContract } from './contract/unregistering.ts';

export type { ContractChild, ContractOptions, ContractPool, Matchers, SessionContract } from './contract/subject.ts';

/**
 * Declares the tests of the contract, each named `NAME: …`.
 *
 * @example
 * ```ts
 * sessionContract('in process', { test, expect, make: (child, options) => poolOf(child, options) });
 * ```
 */
export function sessionContract(name: string, contract: SessionContract): void {
  const { test } = contract;
  const named: SessionContract = { ...contract, test: (title, body) => test(`${name}: ${title}`, body) };
  registerContract(named);
  unregisterContract(named);
  talkContract(named);
  stepContract(named);
  eventContract(named);
  diagnosticsContract(named);
  isolationContract(named);
  stackContract(named);
  childrenContract(named);
}
