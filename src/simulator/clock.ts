/**
 * Two times in one: the wall clock, which stamps records and lets tokens, rate limits and Idempotency-Keys age, and the
 * progress of analyses, which runs `speed` times as fast. They are kept apart so that a fast demo neither forgets
 * Idempotency-Keys within minutes nor hands out time stamps from the future.
 */
export interface Clock {
  /** Milliseconds since 1970: the real clock plus what was advanced. */
  now(): number;
  /** Simulated seconds of analyses since the start. */
  progress(): number;
  /** The wall time, in milliseconds, at which a progress was reached. */
  timeOf(progress: number): number;
  /** Moves both times forward. */
  advance(seconds: number): void;
  /** Simulated seconds per real second from now on; 0 stands still, `Infinity` finishes analyses at their creation. */
  setSpeed(speed: number): void;
  readonly speed: number;
}

interface Point {
  wall: number;
  progress: number;
}

/** @param real milliseconds since 1970, `Date.now` outside tests */
export function simulatedClock(real: () => number, initialSpeed: number): Clock {
  let speed = initialSpeed;
  let advanced = 0;
  const start: Point = { wall: real(), progress: 0 };
  const bends: Point[] = [start];
  const last = (): Point => bends[bends.length - 1] ?? start;
  const now = (): number => real() + advanced;
  const progress = (): number => last().progress + ((now() - last().wall) / 1000) * slope(speed);
  return {
    now,
    progress,
    timeOf(target) {
      if (target <= start.progress) return start.wall + target * 1000;
      for (let index = bends.length - 1; index >= 0; index -= 1) {
        const bend = bends[index] ?? start;
        if (target < bend.progress) continue;
        const next = bends[index + 1];
        const rate =
          next === undefined ? slope(speed) : (1000 * (next.progress - bend.progress)) / (next.wall - bend.wall);
        return rate > 0 ? bend.wall + ((target - bend.progress) / rate) * 1000 : bend.wall;
      }
      return start.wall;
    },
    advance(seconds) {
      const from: Point = { wall: now(), progress: progress() };
      advanced += seconds * 1000;
      bends.push(from, { wall: from.wall + seconds * 1000, progress: from.progress + seconds });
    },
    setSpeed(value) {
      bends.push({ wall: now(), progress: progress() });
      speed = value;
    },
    get speed() {
      return speed;
    },
  };
}

/** With an infinite speed the lifecycle has no length, so progress itself may run like the wall clock. */
function slope(speed: number): number {
  return Number.isFinite(speed) ? speed : 1;
}
