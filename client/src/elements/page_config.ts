/** What the pages hand to the elements in `data-config` (docs/design/client.md). */

import { type Post, type Right, TicketBroker } from "../core/tickets";
import { csrfToken } from "./dom";

export interface StreamConfig {
  readonly codec: string | null;
  readonly width: number | null;
  readonly height: number | null;
}

export interface CameraConfig {
  readonly id: string;
  readonly name: string;
  readonly area?: string;
  readonly recorder: string;
  readonly base: string;
  readonly streams?: { readonly main?: StreamConfig | null; readonly sub?: StreamConfig | null };
  readonly state?: string;
  readonly since_us?: number | null;
}

export interface PageConfig {
  readonly cameras: readonly CameraConfig[];
  readonly ticket_url: string;
  readonly texts?: Record<string, string>;
  readonly locale?: string;
  readonly zone?: string;
  readonly viewer?: { readonly name: string };
  readonly may?: Partial<Record<Right, boolean>>;
}

export interface WallConfig extends PageConfig {
  readonly layout?: string | null;
  /** One camera on a page of its own: no bar, and nothing of the placement is kept. */
  readonly is_single?: boolean;
  readonly review_url?: string;
}

export interface PlayerConfig extends PageConfig {
  readonly selected?: readonly string[];
  readonly at_us?: number | null;
  /** The marked range, microseconds. */
  readonly range?: readonly [number, number] | null;
}

/** How a page names a camera: ids are unique within one recorder only. */
export function cameraKey(camera: CameraConfig): string {
  return `${camera.recorder}/${camera.id}`;
}

/** Asks the page's own server for tickets, with its cross-site protection. */
export function ticketBroker(url: string): TicketBroker {
  const post: Post = async (body) => {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
      body,
    });
    return { status: answer.status, text: await answer.text() };
  };
  return new TicketBroker(post);
}
