/** Times and sizes, short. */

const times = [
  [24 * 3_600_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

/** "3 min" */
export function ageText(milliseconds: number): string {
  for (const [size, unit] of times) if (milliseconds >= size) return `${Math.floor(milliseconds / size)} ${unit}`;
  return `${Math.max(0, Math.round(milliseconds))} ms`;
}

/** "8 h": what is left of a time, to the nearest unit; as "60 min" where a unit would be too rough. */
export function leftText(milliseconds: number): string {
  for (const [size, unit] of times) {
    const number = Math.round(milliseconds / size);
    if (number > 1) return `${number} ${unit}`;
  }
  return ageText(milliseconds);
}

/** "48 s", "3 min": never less than it is. */
export function atMost(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000);
  return seconds <= 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

const sizes = [
  [1024 ** 3, 'GB'],
  [1024 ** 2, 'MB'],
] as const;

/** "181 MB" */
export function memoryText(bytes: number): string {
  for (const [size, unit] of sizes) {
    if (bytes < size) continue;
    const value = bytes / size;
    return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
  }
  return `${Math.round(bytes / 1024)} kB`;
}

/** "1 session", "2 sessions" */
export function count(number: number, one: string, many: string = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
