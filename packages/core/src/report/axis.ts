/** Texts of the axis of time. */

/** Milliseconds between two of its ticks. */
export function axisUnit(splits: readonly number[]): number {
  return Math.abs((splits[1] ?? 1) - (splits[0] ?? 0));
}

/** "0", "40 ms", "1.5 s", "2:05" @param unit milliseconds between two ticks */
export function axisText(time: number, unit: number): string {
  if (time === 0) return '0';
  if (unit < 1 || (unit < 100 && time < 10_000)) return `${String(Number(time.toFixed(digitsOf(unit))))} ms`;
  const digits = digitsOf(unit / 1_000);
  if (time < 60_000) return `${Number((time / 1_000).toFixed(digits))} s`;
  const [minutes, rest] = [Math.floor(time / 60_000), ((time % 60_000) / 1_000).toFixed(digits)];
  return `${minutes}:${rest.indexOf('.') === 1 || rest.length === 1 ? '0' : ''}${rest}`;
}

/** Behind the point, for a tick of each multiple of it: 2.5 has one. */
function digitsOf(unit: number): number {
  const isWhole = (number: number): boolean => Math.abs(number - Math.round(number)) < 1e-6;
  return [0, 1, 2].find((digits) => isWhole(unit * 10 ** digits)) ?? 3;
}
