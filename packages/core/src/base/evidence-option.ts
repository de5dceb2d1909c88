/** What evidence this process keeps and shows: as the option `evidence` of its run says. */
export type EvidenceWish = boolean | 'whole' | undefined;

let wish: EvidenceWish;

export function useEvidence(wanted: EvidenceWish): void {
  wish = wanted;
}

/** Messages are shown as a whole, or as much of them as says which they are. */
export function areShownWhole(): boolean {
  return wish === 'whole';
}

/** The last messages of sessions are kept, for evidence. Asked when something begins that would keep them. */
export function areMessagesKept(): boolean {
  return wish !== false;
}
