import type { Clock } from "../../transport/ports.ts";

/** The runtime's clock and timers. */
export class WorkersClock implements Clock {
  /** Timers that have not woken anybody yet. */
  armed = 0;

  now(): number {
    return Date.now();
  }

  timer(delay: number, wake: () => void): () => void {
    let pending = true;
    const settle = (): void => {
      if (!pending) return;
      pending = false;
      this.armed--;
    };
    this.armed++;
    const timer = setTimeout(() => {
      settle();
      wake();
    }, delay);
    return () => {
      settle();
      clearTimeout(timer);
    };
  }
}
