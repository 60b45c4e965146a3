/** What a viewer is told of something that went wrong. */

import { TicketRefused } from "../core/tickets";
import { FootageError } from "../players/playback_api";
import { type Say, sayError } from "../texts";

export function complaint(error: unknown, say: Say): string {
  if (error instanceof TicketRefused) {
    // The words of the server name the clause already, those of an older one may not.
    const isTold = error.clause === null || error.message.includes(error.clause);
    return isTold ? error.message : `${error.message} (${say("clause", { clause: error.clause ?? "" })})`;
  }
  if (error instanceof FootageError) {
    return sayError(say, error.code, error.message);
  }
  return say("error_ticket_unavailable");
}
