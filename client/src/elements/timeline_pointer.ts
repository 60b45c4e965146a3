/** What fingers, pens, mice and wheels mean on the timeline: scrub, click, pan, zoom around the pointer, pinch. */

export interface PointerMeaning {
  isRuler(y: number): boolean;
  hover(x: number, y: number): void;
  leave(): void;
  scrub(x: number, isEnd: boolean): void;
  click(x: number): void;
  pan(dx: number): void;
  zoom(factor: number, x: number): void;
}

const DRAG_PX = 4;
const ZOOM_PER_PX = 0.0022;
const LINE_PX = 16;

interface Press {
  readonly x: number;
  readonly isPan: boolean;
  lastX: number;
  isDrag: boolean;
}

export class TimelinePointer {
  readonly #host: HTMLElement;
  readonly #meaning: PointerMeaning;
  readonly #points = new Map<number, number>();
  #press: Press | null = null;
  #pinchPx = 0;

  constructor(host: HTMLElement, canvas: HTMLElement, meaning: PointerMeaning) {
    this.#host = host;
    this.#meaning = meaning;
    canvas.addEventListener("pointerdown", (event) => this.#down(event, canvas));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#up(event));
    canvas.addEventListener("pointercancel", (event) => this.#up(event));
    canvas.addEventListener("pointerleave", () => this.#press === null && meaning.leave());
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  #at(event: MouseEvent): [number, number] {
    const box = this.#host.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  #down(event: PointerEvent, canvas: HTMLElement): void {
    if (event.button !== 0) {
      return;
    }
    const [x, y] = this.#at(event);
    canvas.setPointerCapture(event.pointerId);
    this.#points.set(event.pointerId, x);
    if (this.#points.size === 1) {
      this.#press = { x, lastX: x, isPan: this.#meaning.isRuler(y), isDrag: false };
    } else {
      this.#endScrub();
      this.#pinchPx = this.#spread();
    }
  }

  #move(event: PointerEvent): void {
    const [x, y] = this.#at(event);
    if (this.#points.has(event.pointerId)) {
      this.#points.set(event.pointerId, x);
    }
    if (this.#points.size >= 2) {
      this.#pinch();
    } else if (this.#press !== null) {
      this.#drag(this.#press, x);
    } else if (event.pointerType !== "touch") {
      this.#meaning.hover(x, y);
    }
  }

  #drag(press: Press, x: number): void {
    if (!press.isDrag && Math.abs(x - press.x) < DRAG_PX) {
      return;
    }
    press.isDrag = true;
    this.#meaning.leave();
    if (press.isPan) {
      this.#meaning.pan(x - press.lastX);
    } else {
      this.#meaning.scrub(x, false);
    }
    press.lastX = x;
  }

  #up(event: PointerEvent): void {
    this.#points.delete(event.pointerId);
    const press = this.#press;
    if (this.#points.size > 0 || press === null) {
      this.#press = null;
      return;
    }
    if (press.isDrag) {
      this.#endScrub();
    } else if (event.type === "pointerup") {
      this.#meaning.click(press.x);
    }
    this.#press = null;
  }

  #endScrub(): void {
    if (this.#press?.isDrag && !this.#press.isPan) {
      this.#meaning.scrub(this.#press.lastX, true);
    }
    this.#press = null;
  }

  #spread(): number {
    const xs = [...this.#points.values()];
    return Math.max(10, Math.max(...xs) - Math.min(...xs));
  }

  #pinch(): void {
    const px = this.#spread();
    const xs = [...this.#points.values()];
    const middle = xs.reduce((sum, x) => sum + x, 0) / xs.length;
    this.#meaning.zoom(this.#pinchPx / px, middle);
    this.#pinchPx = px;
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
    const [x] = this.#at(event);
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      this.#meaning.pan(-(event.deltaX || event.deltaY) * unit);
    } else {
      this.#meaning.zoom(Math.exp(event.deltaY * unit * ZOOM_PER_PX), x);
    }
  }
}
