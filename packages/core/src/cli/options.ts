/** Values of options, from the command line. */
import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';
import { messageOf } from '../base/thrown.ts';
import { parseBytes, parseCount } from '../hosts/machine-bounds.ts';
import { hostAndPort, parseHostAndPort, type RemotePlace } from '../wire/address.ts';

/** At least 1. @throws InvalidArgumentError, which commander reports with the name of the option */
export function positiveInteger(text: string): number {
  const value = parseCount(text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError('It must be a whole number, at least 1.');
}

/** At least 1; "auto": as many as there are processors. @throws InvalidArgumentError */
export function shardCount(text: string): number {
  const value = text === 'auto' ? availableParallelism() : parseCount(text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError('It must be a whole number, at least 1, or auto.');
}

/** `^` and `$` match at lines. @throws InvalidArgumentError */
export function regularExpression(text: string): RegExp {
  try {
    return new RegExp(text, 'mu');
  } catch (thrown) {
    throw new InvalidArgumentError(thrown instanceof Error ? `${thrown.message}.` : 'It must be a regular expression.');
  }
}

/** Plain data. @throws InvalidArgumentError */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new InvalidArgumentError(`It must be JSON, such as '{"database": "…"}': ${messageOf(thrown)}.`);
  }
}

const units: ReadonlyMap<string | undefined, number> = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** The longest time of a timer. */
const longest = 2 ** 31 - 1;

/**
 * "30s", "10m", "2h": milliseconds for a timer; "never": `Infinity`, because commander takes null for an option without a value.
 * @throws InvalidArgumentError
 */
export function durationOf(text: string): number {
  const time = timeOf(text);
  return time === Infinity ? time : Math.min(time, longest);
}

/** As `durationOf`, of any length. @throws InvalidArgumentError */
export function timeOf(text: string): number {
  if (text === 'never') return Infinity;
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  const each = units.get(unit);
  if (number === undefined || each === undefined)
    throw new InvalidArgumentError('It must be a time, such as 30s, 10m or 2h, or never.');
  return Number(number) * each;
}

/** "0.0.0.0:7000", "[::]:7000": where to listen. @throws InvalidArgumentError */
export function placeOf(text: string): Pick<RemotePlace, 'host' | 'port'> {
  const place = parseHostAndPort(text);
  if (place !== undefined) return place;
  throw new InvalidArgumentError('It must be HOST:PORT, such as 0.0.0.0:7000, 10.0.0.5:0 or [::]:7000.');
}

/** A name or an IP address by which others reach this machine. @throws InvalidArgumentError */
export function hostOf(text: string): string {
  if (parseHostAndPort(hostAndPort({ host: text, port: 1 }))?.host === text) return text;
  throw new InvalidArgumentError('It must be a name or an IP address, such as build.local, without a port.');
}

/** "512M", "4G": bytes. @throws InvalidArgumentError */
export function bytesOf(text: string): number {
  const value = parseBytes(text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError('It must be a size, such as 512M or 4G.');
}

/** `--timeout`, whose default is shown as it is typed. @param standard the default, in milliseconds: whole seconds */
export function timeoutOption(description: string, standard: number): Option {
  return new Option('--timeout <time>', description).argParser(durationOf).default(standard, `${standard / 1_000}s`);
}
