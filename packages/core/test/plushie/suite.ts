/**
 * What the dialect promises, whichever renderer is behind it. The stand-in passes it in mock mode on every machine; the
 * real one in mock and headless mode, in both formats.
 */
import { describe } from 'vitest';
import type { Subject } from './subject.ts';
import { endingSuite } from './suite/ending.ts';
import { eventSuite } from './suite/events.ts';
import { flowSuite } from './suite/flow.ts';
import { hostSuite } from './suite/host.ts';
import { imageSuite } from './suite/images.ts';
import { interactionSuite } from './suite/interaction.ts';
import { isolationSuite } from './suite/isolation.ts';
import { requestSuite } from './suite/requests.ts';
import { slotSuite } from './suite/slots.ts';
import { startSuite } from './suite/start.ts';
import { transportSuite } from './suite/transport.ts';

export function plushieSuite(subject: Subject): void {
  describe(`${subject.name}`, { timeout: 15_000 }, () => {
    startSuite(subject);
    requestSuite(subject);
    eventSuite(subject);
    interactionSuite(subject);
    isolationSuite(subject);
    slotSuite(subject);
    flowSuite(subject);
    endingSuite(subject);
    transportSuite(subject);
    hostSuite(subject);
    if (subject.mode === 'headless') imageSuite(subject);
  });
}
