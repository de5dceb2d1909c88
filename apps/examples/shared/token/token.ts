/** The token that tests log in with: the first test that needs it logs in, for all workers of the run. */
import { once } from 'carpool/coordination';
import { seen } from '../seen.ts';
import { logIn } from './accounts.ts';

export function token(): Promise<string> {
  return once('token of Ada', async () => {
    seen('log-in', process.pid);
    return await logIn('Ada', 'analytical');
  });
}
