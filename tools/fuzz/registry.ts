import type { FuzzTarget } from './fuzz-target.ts';
import { target as clientMessages } from './targets/client-messages.ts';
import { target as connectAnswer } from './targets/connect-answer.ts';
import { target as consoleLocation } from './targets/console-location.ts';
import { target as jsonAnswer } from './targets/json-answer.ts';
import { painted, walked } from './targets/server-stream.ts';
import { target as ticketHeader } from './targets/ticket-header.ts';
import { target as xmlAnswer } from './targets/xml-answer.ts';

/** Everything that reads what a stranger sends, from both sides of the relay. */
export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  ticketHeader,
  clientMessages,
  walked,
  painted,
  connectAnswer,
  jsonAnswer,
  xmlAnswer,
  consoleLocation,
];
