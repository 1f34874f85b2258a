import type { Json } from "./ask.ts";
import type { Answer, Exchange, Violation } from "./exchange.ts";
import type { Recorded } from "./recorded.ts";

export type Change = (exchange: Exchange) => Partial<Exchange>;

/** Name of the exchange that is right as recorded → how it is spoilt → the one violation that must be found. */
export type Case = [
  what: string,
  from: keyof Recorded,
  spoil: Change,
  expected: Pick<Violation, "direction" | "rule" | "pointer">,
];

export const request = (rule: Violation["rule"], pointer: string) => ({ direction: "request", rule, pointer }) as const;
export const response = (rule: Violation["rule"], pointer: string) =>
  ({ direction: "response", rule, pointer }) as const;

export const headers =
  (changed: Record<string, string | undefined>): Change =>
  (exchange) => ({ headers: { ...exchange.headers, ...changed } });

export const body =
  (change: (body: Json) => unknown): Change =>
  (exchange) => ({ body: JSON.stringify(change(JSON.parse(exchange.body))) });

export const target =
  (change: (target: string) => string): Change =>
  (exchange) => ({ target: change(exchange.target) });

export const answer =
  (change: (answer: Answer) => Partial<Answer>): Change =>
  ({ answer: given }) => {
    if (given === undefined) throw new Error("nothing was answered");
    return { answer: { ...given, ...change(given) } };
  };

export const answered = (change: (body: Json) => unknown): Change =>
  answer((given) => ({ body: JSON.stringify(change(JSON.parse(given.body))) }));

export const typed = (type: string): Change =>
  answer((given) => ({ headers: { ...given.headers, "content-type": type } }));
