/** Does nothing. As `promise.catch(noop)`: the failure is reported elsewhere. */
export function noop(): void {}
