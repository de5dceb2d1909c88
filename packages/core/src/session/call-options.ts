/** Which options the calls of a session have. */
import { OptionNames } from '../base/option-names.ts';
import type { RequestOptions } from './types.ts';

/** None of them. */
export const none: RequestOptions = {};

const waits = ['timeout', 'signal'];

export const namesOf: Readonly<Record<'request' | 'interact' | 'event', OptionNames>> = {
  request: new OptionNames('SESSION_MISUSED', 'request', [...waits, 'expect']),
  interact: new OptionNames('SESSION_MISUSED', 'interact', waits),
  event: new OptionNames('SESSION_MISUSED', 'event', waits),
};
