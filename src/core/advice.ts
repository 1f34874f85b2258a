import { ApiError, ListingError, NetworkError, ProtocolError, TagConflictError } from "./errors.ts";

/** What to do about the common ways in which a call to ICA fails; undefined where there is nothing to add. */
export function adviceFor(fault: unknown): string | undefined {
  if (fault instanceof NetworkError) return fault.sent ? AGAIN : "check the network, and the server's address";
  if (fault instanceof ListingError) return "run it again: a listing that is not whole is never taken for an empty one";
  if (fault instanceof ProtocolError)
    return "check that the server's address ends with /ica/rest and is ICA, not a proxy's login page";
  if (fault instanceof TagConflictError) return "run the same command again once nobody is changing them";
  if (!(fault instanceof ApiError)) return undefined;
  const text = `${fault.title} ${fault.detail ?? ""}`;
  return ADVICE.find(({ status, path, says }) => {
    return status.includes(fault.status) && (path?.test(fault.call.path) ?? true) && (says?.test(text) ?? true);
  })?.advice;
}

const AGAIN = "run the same command again: nothing is started twice";

/** The first row that fits counts: by status, then by path and by words of ICA's message where the status says too little. */
const ADVICE: readonly { status: readonly number[]; path?: RegExp; says?: RegExp; advice: string }[] = [
  {
    status: [401],
    path: /\/tokens$/,
    advice:
      "ICA refuses the API key, as mistyped, expired or revoked: make a new one in the Illumina portal and set ICA_API_KEY",
  },
  {
    status: [401],
    says: /ICA_ACCESS_TOKEN/,
    advice: "the access token is refused or has expired: set ICA_API_KEY, or a fresh ICA_ACCESS_TOKEN",
  },
  {
    status: [401],
    says: /ICAV2_ACCESS_TOKEN/,
    advice: "the access token is refused or has expired: set ICA_API_KEY, or a fresh ICAV2_ACCESS_TOKEN",
  },
  {
    status: [401],
    advice: "ICA refused a fresh token of the API key: run it again; if it stays so, make a new API key",
  },
  {
    status: [403],
    advice: "the key's user has no access here: ask the project's owner to add the user, with the right role",
  },
  { status: [404], advice: "it is not there, or the key's user has no access to it" },
  {
    status: [400, 406, 415],
    says: /accept header|content.?type|media type/i,
    advice: "this ICA speaks another version of its API: update icaform",
  },
  { status: [400], says: /page.?size/i, advice: "lower the Stack's limits.pageSize to what ICA's message allows" },
  {
    status: [400],
    says: /\bTag \S+ |tags? .*(must have|too long|at most)/,
    advice: "ICA does not take one of the tags as it is: shorten the run's name or the tag",
  },
  {
    status: [400, 409],
    says: /not AVAILABLE|\b(is|are) (PARTIAL|ARCHIV)/i,
    advice: "wait for the data's upload, or unarchive it, then apply again",
  },
  { status: [400], says: /storage credential/i, advice: "the credential must exist and be shared with the key's user" },
  {
    status: [400],
    says: /analysis ?storage/i,
    advice: "take one of the project's analysis storages for spec.storage, or leave it out",
  },
  {
    status: [400],
    says: /\bpipeline \S+ (does not exist|is not linked|not found)/i,
    advice: "link the pipeline to the run's project in ICA, or correct spec.pipeline",
  },
  { status: [400], advice: "ICA does not take the request as it is; its message says what is wrong" },
  {
    status: [422],
    advice: "see what was applied under this name before; a changed run needs a new attempt, which a plan gives it",
  },
  { status: [429], advice: "ICA's rate limit: try later, or lower the Stack's limits.requestsPerSecond" },
  { status: [500, 502, 503, 504], advice: `ICA has a problem of its own: ${AGAIN}` },
];
