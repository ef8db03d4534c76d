import { Bench } from "tinybench";

/** How many times as fast as its reference something is, both measured in the same process and the same second. */
export interface Ratio {
  readonly name: string;
  readonly ratio: number;
}

const ROUNDS = 5;

/** The best of several interleaved rounds: noise from other programs only ever makes a round worse. */
export async function ratioOf(name: string, subject: () => void, reference: () => void): Promise<Ratio> {
  const best = { subject: Number.POSITIVE_INFINITY, reference: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    const bench = new Bench({ time: 60, warmupTime: 20 });
    bench.add("subject", subject);
    bench.add("reference", reference);
    await bench.run();
    for (const task of bench.tasks) {
      const { result } = task;
      if (!("latency" in result)) throw new Error(`${name}: ${task.name} did not run`);
      const key = task.name === "subject" ? "subject" : "reference";
      best[key] = Math.min(best[key], result.latency.p50);
    }
  }
  return { name, ratio: best.reference / best.subject };
}
