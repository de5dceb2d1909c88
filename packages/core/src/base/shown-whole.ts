/** Whether evidence shows messages as a whole in this process, or as much as says which they are. */
let whole = false;

export function showWhole(wanted: boolean): void {
  whole = wanted;
}

export function areShownWhole(): boolean {
  return whole;
}
