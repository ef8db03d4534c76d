import type { Clock } from "../../transport/ports.ts";

/** The runtime's clock and timers. */
export const workersClock: Clock = {
  now: () => Date.now(),
  timer(delay, wake) {
    const timer = setTimeout(wake, delay);
    return () => clearTimeout(timer);
  },
};
