export function reborn(value: unknown): unknown {
  return value;
}
