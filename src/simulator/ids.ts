import { createHash } from "node:crypto";

/** A reproducible source of numbers: the same seed gives the same run of the simulator. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** `length` hexadecimal digits. */
  hex(length: number): string;
}

/** The ids that the simulator hands out, each kind from a stream of its own so that one does not disturb another. */
export interface Ids {
  uuid(): string;
  file(): string;
  folder(): string;
  /** For problem ids: errors must not change the ids of what is created. */
  problem(): string;
  /** An id that depends on the words alone, for what a seed names without an id. */
  named(...words: string[]): string;
  /** For the dice of the fault rules. */
  dice: Random;
}

/** @param seed `--random-seed`: the number all ids and dice come from. */
export function seededIds(seed: number): Ids {
  const objects = seededRandom(`${seed}/objects`);
  const problems = seededRandom(`${seed}/problems`);
  return {
    uuid: () => asUuid(objects.hex(32)),
    file: () => `fil.${objects.hex(32)}`,
    folder: () => `fol.${objects.hex(32)}`,
    problem: () => asUuid(problems.hex(32)),
    named: (...words) => asUuid(digest(`${seed}/${words.join("/")}`)),
    dice: seededRandom(`${seed}/dice`),
  };
}

/** `xoshiro128**` (Blackman, Vigna 2018), its state taken from a hash of the seed. */
export function seededRandom(seed: string): Random {
  const state = new Uint32Array(4);
  const bytes = createHash("sha256").update(seed).digest();
  for (let word = 0; word < 4; word += 1) state[word] = bytes.readUInt32LE(word * 4);
  const word = (index: number): number => state[index] ?? 0;
  const step = (): number => {
    const result = Math.imul(rotate(Math.imul(word(1), 5), 7), 9) >>> 0;
    const shifted = word(1) << 9;
    state[2] = word(2) ^ word(0);
    state[3] = word(3) ^ word(1);
    state[1] = word(1) ^ word(2);
    state[0] = word(0) ^ word(3);
    state[2] = word(2) ^ shifted;
    state[3] = rotate(word(3), 11);
    return result;
  };
  return {
    next: () => step() / 2 ** 32,
    hex: (length) => {
      let digits = "";
      while (digits.length < length) digits += step().toString(16).padStart(8, "0");
      return digits.slice(0, length);
    },
  };
}

/** 32 hexadecimal digits in the shape of a version 4 UUID (RFC 9562 section 5.4). */
export function asUuid(digits: string): string {
  const variant = ((Number.parseInt(digits.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ];
  return parts.join("-");
}

/** The first 32 hexadecimal digits of the SHA-256 of a text. */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
