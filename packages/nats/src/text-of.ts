/** What is thrown, for a clause, with its cause. */
export function textOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { cause } = thrown;
  return cause instanceof Error && !thrown.message.includes(cause.message)
    ? `${thrown.message}: ${cause.message}`
    : thrown.message;
}
