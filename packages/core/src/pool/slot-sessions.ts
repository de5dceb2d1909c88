/** Sessions in their slots: how one begins on its child, and what becomes of the slot when it has ended. */
import type { CancelSignal } from '../base/cancellation.ts';
import type { Evidence } from '../base/errors.ts';
import { callerLocation, type HolderLabel } from '../base/holder-label.ts';
import type { Printed } from '../process/child.ts';
import type { RecordedPool } from '../base/transcript-keeper.ts';
import type { Opened } from '../protocol/protocol.ts';
import type { Conversation } from '../session/conversation.ts';
import { speakerName } from '../session/journal.ts';
import type { Listener } from '../session/listener.ts';
import type { Slot } from './admission.ts';
import { EndProof } from './end-proof.ts';
import type { PoolFaults } from './faults.ts';
import type { Generation } from './generation.ts';
import type { SlotHolder, SlotHolders } from './slot-holders.ts';
import { Suspects, type SuspectsOptions } from './suspects.ts';

export interface SlotSessionsOptions extends SuspectsOptions {
  readonly holders: SlotHolders;
  readonly faults: PoolFaults;
}

/** A slot, and the child that it is a slot of. */
export interface Place {
  readonly slot: Slot;
  readonly generation: Generation;
}

export interface BeginOptions {
  readonly listener: Listener;
  readonly signal: CancelSignal | undefined;
  readonly params: unknown;
  readonly label: HolderLabel | undefined;
  /** As in `OpenOptions`. */
  readonly transcript: RecordedPool | undefined;
}

interface Begun {
  readonly conversation: Conversation;
  readonly opened: Promise<Opened>;
}

interface Around {
  readonly suspects: Suspects;
  readonly holders: SlotHolders;
}

/** It holds its slot until its end is confirmed. */
export class SlotSession implements Place {
  readonly slot: Slot;
  readonly generation: Generation;
  readonly conversation: Conversation;
  /** What the protocol's `open` has returned. */
  readonly opened: Promise<Opened>;
  /** What is known of its child. */
  readonly evidence = (): Evidence => this.generation.evidence(this.#began);
  /** As `Registration` has it. */
  readonly activity = async (): Promise<string | undefined> => {
    const { activity } = this.conversation.evidence();
    const doing = this.conversation.calls.waitingCalls === 0 ? undefined : await this.generation.doing();
    const parts = [doing, activity].filter((part) => part !== undefined);
    return parts.length === 0 ? undefined : parts.join('; ');
  };
  /** As `Registration` has it. */
  readonly wentOn = (): boolean => this.#wentOn;
  /** The same. Not made in the constructor: measured, each session then outlives its garbage collection. */
  readonly testFailed = (): Promise<void> => this.#suspects.failed(this);
  /** As `Registration` has it. */
  readonly ownTestFailed = (): void => {
    this.conversation.record?.ownTestFailed();
    if (this.#holder !== undefined) this.#holder.failed = true;
  };
  /** As `Registration` has it. */
  readonly lateFailure = (): (() => void) => this.#holders.lateFailure(this.#holder);
  readonly #holders: SlotHolders;
  readonly #suspects: Suspects;
  #holder: SlotHolder | undefined;
  #proof: EndProof | undefined;
  #wentOn = false;
  /** How much the child had printed. What it printed before may come later: that is shown, too, rather than too little. */
  #began: Printed;

  constructor({ slot, generation }: Place, { conversation, opened }: Begun, { suspects, holders }: Around) {
    this.slot = slot;
    this.generation = generation;
    this.conversation = conversation;
    this.opened = opened;
    this.#suspects = suspects;
    this.#holders = holders;
    this.#began = generation.child.printed;
  }

  /** What the child has printed before is no evidence of it. */
  begins(): void {
    this.#began = this.generation.child.printed;
  }

  /** Its end begins, or one more reason to doubt its child is known. */
  ends({ settings, clock }: Pick<SlotSessionsOptions, 'settings' | 'clock'>): void {
    if (settings.leaks !== 'fail') return;
    this.#proof ??= new EndProof({ settings, clock, liveness: this.generation.liveness });
  }

  /** Its end is known. */
  ended(): void {
    this.#wentOn = this.#proof?.over() ?? false;
  }

  /** The call whose session it is. Absent while it is kept warm. */
  get holder(): SlotHolder | undefined {
    return this.#holder;
  }

  /** The session of this call, from now on. */
  give(holder: SlotHolder): void {
    this.#holder = holder;
    holder.conversation = this.conversation;
    holder.generation = this.generation;
    const { speaker } = this.conversation;
    speaker.holder = holder.options.holder;
    speaker.isWarm = false;
    this.conversation.record?.heldBy(holder.options.holder, callerLocation(holder.site));
    this.begins();
  }
}

export class SlotSessions {
  readonly #options: SlotSessionsOptions;
  readonly #suspects: Suspects;
  #ids = 0;

  constructor(options: SlotSessionsOptions) {
    this.#options = options;
    this.#suspects = new Suspects(options);
  }

  /** Begins a session in a slot that was taken for it. */
  begin({ slot, generation }: Place, { label, ...options }: BeginOptions): SlotSession {
    const { settings, faults, changed, holders } = this.#options;
    const suspects = this.#suspects;
    const begun = generation.open({
      ...options,
      id: `s${++this.#ids}`,
      timeout: settings.openTimeout,
      holder: label,
      ends: (doubt) => {
        session.ends(this.#options);
        suspects.ends(session, doubt);
      },
    });
    const session = new SlotSession({ slot, generation }, begun, { suspects, holders });
    const { conversation } = session;
    begun.opened.then(
      () => {
        // The log of what `open` asks a server for would look like damage in each test that fails.
        if (settings.server !== undefined) session.begins();
        suspects.heard(generation);
      },
      (why: unknown) => suspects.unopened(session, why),
    );
    // The slot follows the conversation: free when the child confirms, else not used again.
    void conversation.released.then((released) => {
      const { confirmed, failure } = released;
      session.ended();
      // One that was opened ahead is no test's.
      if (!confirmed && conversation.speaker.isWarm !== true)
        faults.unconfirmed(speakerName(conversation.speaker), failure);
      if (conversation.speaker.isWarm !== true)
        faults.ended(generation.child.pid, () => speakerName(conversation.speaker));
      suspects.released(session, released);
      this.free(slot, session.holder, confirmed);
      changed();
    });
    return session;
  }

  /** @param holder the call that held it; absent: none did */
  free(slot: Slot, holder: SlotHolder | undefined, confirmed: boolean): void {
    const { settings, admission, children, holders, clock } = this.#options;
    const child = children.at(slot.child);
    if (holder !== undefined) holders.end(holder, clock.now(), confirmed);
    if (confirmed) admission.release(slot);
    else if (admission.quarantine(slot) >= settings.maxQuarantined) child.retire();
    if (holder !== undefined) child.letGo();
  }
}
