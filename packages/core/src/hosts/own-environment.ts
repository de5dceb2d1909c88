/** The environment of this process, as it is handed to a host, or to what a host starts. */

export function ownEnvironment(): Record<string, string> {
  const set = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(set);
}
