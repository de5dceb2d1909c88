/** How much evidence the errors of failing tests get: what the runner's config says, or whoever looks for a fault says of one run. */
import { CarpoolError } from '../base/errors.ts';

const variable = 'CARPOOL_EVIDENCE';

/** Whether the error of a failing test shows what its sessions said last: `whole`, all of each message that is kept. */
export type EvidenceOption = boolean | 'whole';

/**
 * @param option of the config of the runner
 * @throws CarpoolError CONFIG_INVALID if the environment says what it cannot
 */
export function evidenceOption(option: EvidenceOption | undefined): EvidenceOption | undefined {
  const wanted = process.env[variable] ?? '';
  if (wanted === '') return option;
  if (wanted === 'whole') return wanted;
  const message = `Cannot use ${variable}=${wanted} of the environment; allowed: whole`;
  throw new CarpoolError('CONFIG_INVALID', message, { context: { found: wanted, allowed: 'whole' } });
}
