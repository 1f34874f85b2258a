/** What is not known of ICA ([?] in ica-facts) and how it may be: each list names the answers beside the usual one. */
import type { FaultInput } from "../../src/simulator/faultRules.ts";
import type { Switches } from "../../src/simulator/switches.ts";

/** The answers to the unknowns under which one story is lived. */
export interface Conditions {
  switches: Partial<Switches>;
  /** What goes wrong on the way; never more than the client can live with. */
  faults: FaultInput[];
  /** The credential is in ICA already and older than the manifest's rotateAfter. */
  isRotationDue: boolean;
}

const tagSearches = (["and", "or"] as const).flatMap((combine) =>
  (["exact", "substring", "prefix"] as const).flatMap((match) =>
    [true, false].map((caseSensitive) => ({ tagSearch: { combine, match, caseSensitive } })),
  ),
);

/** By the unknown's name in issue 3; times are those of a world in virtual time. */
export const UNKNOWNS = {
  largestPage: [
    { maxPageSize: 200, pageSizePolicy: "refuse" },
    { maxPageSize: 50, pageSizePolicy: "refuse" },
    { maxPageSize: 200, pageSizePolicy: "clamp" },
    { maxPageSize: 20, pageSizePolicy: "clamp" },
    { maxPageSize: 3, pageSizePolicy: "clamp" },
  ],
  defaultPage: [{ defaultPageSize: 1 }],
  lastPage: [{ lastPageToken: "empty" }, { lastPageToken: "absent" }],
  rate: [
    { rate: 20, burst: 5 },
    { rate: 5, burst: 1 },
    { rate: 50, rateChange: { afterRequests: 10, rate: 4 } },
    { rate: 10, lockout: { after: 8, seconds: 20 } },
  ],
  retryAfter: [{ retryAfter: "seconds" }, { retryAfter: "date" }],
  rateScope: [{ rateScope: "endpoint" }],
  duplicateCredentialNames: [{ duplicateCredentialNames: "second" }],
  timeModified: [{ updateSecretsMovesTimeModified: false }],
  tagSearch: tagSearches.slice(1),
  tagLength: [{ maxTagLength: 255 }, { maxTagLength: 128 }, { maxTagLength: 80 }, { maxTagLength: 60 }],
  targetFolders: [{ createTargetFolders: false }],
  listingLag: [{ listingLag: 500 }, { listingLag: 5_000 }, { listingLag: 60_000 }],
  jwtLifetime: [{ jwtLifetime: 600 }, { jwtLifetime: 60 }, { jwtLifetime: 5 }],
  v3Spelling: [{ v3Only: false }],
} satisfies Record<string, Partial<Switches>[]>;

/** Answers that are lost or come too late, where a switch shows only then. */
export const WEATHERS: Record<string, FaultInput[]> = {
  "lost credential": [{ match: { method: "POST", path: "^/api/storageCredentials$", times: 1 }, fault: "lose-answer" }],
  "lost run": [{ match: { method: "POST", path: "analysis:nextflow", every: 2 }, fault: "lose-answer" }],
  "cut run": [{ match: { method: "POST", path: "analysis:nextflow", times: 2 }, fault: "reset-mid-body" }],
  "late 503": [{ match: { path: "analysis:nextflow", every: 2, times: 3 }, fault: "status-after", status: 503 }],
  "cut listing": [{ match: { path: "analysis:search", every: 3 }, fault: "reset-mid-body" }],
  "html listing": [{ match: { path: "analysis:search", times: 2 }, fault: "html", status: 502 }],
  "dropped token": [2, 30].map((nth) => ({ match: { path: "analysis:", nth }, fault: "expire-token" })),
  "conflicting run": [{ match: { path: "analysis:nextflow", times: 2 }, fault: "conflict" }],
};

/** Without a low rate nobody sees what a 429 says, whom it concerns, or a token that ends early. */
const SHOWN_BY_RATE: readonly string[] = ["retryAfter", "rateScope", "jwtLifetime"];

/** One answer to one unknown, and no more than it takes to meet it. */
export function alone(name: string, switches: Partial<Switches>, rate: Partial<Switches>): Conditions {
  return {
    switches: SHOWN_BY_RATE.includes(name) ? { ...rate, ...switches } : switches,
    faults: name === "duplicateCredentialNames" ? (WEATHERS["lost credential"] ?? []) : [],
    isRotationDue: name === "timeModified",
  };
}
