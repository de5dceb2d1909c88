/**
 * The time-out of a wait that begins now.
 * @param wanted what the caller wants, in milliseconds. Default: what `usual` says, which need not be sent
 * @param timeLeft what is left for it; `Infinity`: any time
 * @param usual the time-out of the other end, in milliseconds
 */
export function timeoutWithin(wanted: number | undefined, timeLeft: number, usual = 60_000): number | undefined {
  return timeLeft < (wanted ?? usual) ? timeLeft : wanted;
}
