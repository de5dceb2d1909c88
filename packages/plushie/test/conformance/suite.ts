/**
 * The conformance suite: what the dialect promises with any renderer. The stand-in passes it in mock mode on every
 * machine, the real renderer in mock and headless mode, both in both formats.
 */
import { describe } from 'vitest';
import type { Subject } from './subject.ts';
import { diagnosticsSuite } from './diagnostics.ts';
import { endingSuite } from './ending.ts';
import { eventSuite } from './events.ts';
import { flowSuite } from './flow.ts';
import { hostSuite } from './host.ts';
import { imageSuite } from './images.ts';
import { interactionSuite } from './interaction.ts';
import { isolationSuite } from './isolation.ts';
import { requestSuite } from './requests.ts';
import { slotSuite } from './slots.ts';
import { startSuite } from './start.ts';
import { transportSuite } from './transport.ts';

export function conformanceSuite(subject: Subject): void {
  describe(`${subject.name}`, { timeout: 15_000 }, () => {
    startSuite(subject);
    requestSuite(subject);
    eventSuite(subject);
    interactionSuite(subject);
    isolationSuite(subject);
    slotSuite(subject);
    flowSuite(subject);
    diagnosticsSuite(subject);
    endingSuite(subject);
    transportSuite(subject);
    hostSuite(subject);
    if (subject.mode === 'headless') imageSuite(subject);
  });
}
