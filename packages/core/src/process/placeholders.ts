/** `{port}`, `{socket}` and `{temp}` in what a child is started with. */

export type PlaceholderName = 'port' | 'socket' | 'temp';

/** What each stands for, asked for where it occurs. Absent: it stays as it is. */
export type Placeholders = Partial<Readonly<Record<PlaceholderName, () => string>>>;

interface Replaceable {
  readonly command: string;
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The same with the placeholders in `command`, in `args` and in the values of `env` replaced. */
export function replacePlaceholders<T extends Replaceable>(launch: T, values: Placeholders): T {
  const replaced = (text: string): string =>
    text.replaceAll(/\{(port|socket|temp)\}/g, (all, name: PlaceholderName) => values[name]?.() ?? all);
  const { command, args, env } = launch;
  return {
    ...launch,
    command: replaced(command),
    ...(args !== undefined && { args: args.map(replaced) }),
    ...(env !== undefined && {
      env: Object.fromEntries(
        Object.entries(env).map(([name, value]) => [name, value === undefined ? undefined : replaced(value)]),
      ),
    }),
  };
}

/** Whether one of them occurs. */
export function hasPlaceholder({ command, args = [], env = {} }: Replaceable, name: PlaceholderName): boolean {
  return [command, ...args, ...Object.values(env)].some((text) => text?.includes(`{${name}}`) === true);
}
