/** Milliseconds by which a deadline that the other end keeps may be late, before this end gives up on that end. */
export const deadlineGrace = 5_000;
