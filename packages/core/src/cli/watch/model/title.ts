/** What is said of the whole host, above its tables. */
import { ageText } from '../../ps/units.ts';
import { summaryOf } from './tables.ts';
import type { View } from './view.ts';

export interface Title {
  /** "host of a run, pid 4711" */
  readonly title: string;
  /** "3 min: 2/4 slots, …"; empty before the first answer. */
  readonly summary: string;
  /** It does not answer at the moment, or shows no messages of the session. */
  readonly fault?: string | undefined;
}

export function titleOf({ status, detail, fault: own }: View): Title {
  const fault = own ?? detail?.fault;
  if (status === undefined) return { title: 'carpool watch: waits for the host …', summary: '', fault };
  const { kind, pid, age } = status;
  const title = `${kind === 'machine' ? 'host of this machine' : 'host of a run'}, pid ${pid}`;
  return { title, summary: `${ageText(age)}: ${summaryOf(status).join(', ')}`, fault };
}
