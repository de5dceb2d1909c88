/** Runs a program to its end. */
import { spawn } from 'node:child_process';

export interface ExecuteOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Exit codes that are no error. Default: 0. */
  readonly allowed?: readonly number[];
}

/** What programs inherit: not the settings of the package manager that runs this script. */
export const cleanEnvironment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(?:npm_|pnpm_|CARPOOL_|PLUSHIE_|VITEST)/i.test(name)),
);

/** @returns what it wrote to stdout @throws Error with everything it wrote */
export async function execute([command = '', ...args]: readonly string[], options: ExecuteOptions): Promise<string> {
  const { cwd, env = cleanEnvironment, allowed = [0] } = options;
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let all = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    all += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    all += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === null || !allowed.includes(code)) {
    throw new Error(`${[command, ...args].join(' ')} ended with ${code ?? 'a signal'}:\n${all}`);
  }
  return stdout;
}
