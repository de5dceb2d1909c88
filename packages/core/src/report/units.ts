/** How a page names times and numbers. Pure. */

/** "0.4 ms", "40 ms", "1.25 s", "12.5 s", "2 min 5 s" @param milliseconds not below 0 */
export function timeText(milliseconds: number): string {
  if (milliseconds === 0) return '0 ms';
  if (milliseconds < 9.95) return `${Math.round(milliseconds * 10) / 10} ms`;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1_000;
  if (seconds < 9.995) return `${Math.round(seconds * 100) / 100} s`;
  if (seconds < 59.95) return `${Math.round(seconds * 10) / 10} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  return `${minutes} min ${Math.round(seconds) % 60} s`;
}

/** "1 session", "12,000 sessions" */
export function countText(count: number, one: string, many: string = `${one}s`): string {
  return `${numberText(count)} ${count === 1 ? one : many}`;
}

/** "12,000" */
export function numberText(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** The end of a text that is too long is left out. @param most characters, at least 1 */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
