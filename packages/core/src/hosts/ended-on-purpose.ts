/** What tests are told whose run or host has ended, and was not killed, and has not crashed. */
import { CarpoolError } from '../base/errors.ts';

/** What was ended; `address`: the run of one that was revoked. */
export type Ending = 'run' | 'machine' | 'host' | 'address';

/** Of which machine the host is: that of those who are told, or another one, which their client names. */
export type EndedOn = 'here' | 'remote';

const endings: Readonly<Record<Ending, readonly [what: string, command: string, remedy: string]>> = {
  run: ['This run was ended on the host of the machine', 'carpool stop', 'Run the tests again'],
  machine: ['The host of this machine was ended', 'carpool stop', 'Run the tests again'],
  host: ['The host of this run was ended', 'carpool stop', 'Run the tests again'],
  address: [
    'This run was ended, because the address by which it has come was revoked',
    'carpool address --revoke',
    'Ask for another address on the machine of the host (`carpool address --for NAME`), and run the tests again',
  ],
};

/** HUB_LOST, whose `context.endedBy` is the command, or the signal. @param by Default: the command */
export function endedOnPurpose(what: Ending, on: EndedOn = 'here', by?: NodeJS.Signals): CarpoolError {
  const [how, usual, remedy] = endings[what];
  const command = by ?? usual;
  const ended = what === 'machine' && on === 'remote' ? 'The host of that machine was ended' : how;
  const message = `${ended}, by \`${command}\`: no test of this run can use it from here on. ${remedy}`;
  return new CarpoolError('HUB_LOST', message, {
    blame: 'setup',
    context: { endedBy: command },
    site: { stack: '' },
  });
}

/**
 * HUB_LOST, without `context.endedBy`: the connection by which a run has come from another machine has ended. Its workers there
 * have connections of their own, which may last.
 */
export function mainConnectionEnded(): CarpoolError {
  const message =
    'This run was ended there, because the connection of its main process has ended: that process has ended, or the network between was cut. No test of this run can use that host from here on. Run the tests again';
  return new CarpoolError('HUB_LOST', message, { blame: 'setup', site: { stack: '' } });
}
