/** A folder of transcripts, or one: the pools that are recorded there are answered from it, and start no child. */
export const replayVariable = 'CARPOOL_REPLAY';
