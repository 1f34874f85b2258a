import { V3 } from "../media.ts";
import type { Keys } from "../middleware/auth.ts";
import { Refusal, unauthorized } from "../refusal.ts";
import type { Route } from "../router.ts";

/** JSON Web Tokens for API keys. */
export function tokenRoutes(keys: Keys): Route[] {
  return [
    {
      method: "POST",
      path: "/api/tokens",
      answers: [V3],
      open: true,
      handle: ({ exchange }) => {
        // Only the key counts here: "API-key + Basic Authentication" (OpenAPI); there are no passwords to check.
        if (exchange.user === null || exchange.headers["x-api-key"] === undefined) throw unauthorized();
        return { status: 200, body: { token: keys.newToken(exchange.user) } };
      },
    },
    {
      method: "POST",
      path: "/api/tokens:refresh",
      answers: [V3],
      handle: () => {
        throw new Refusal(400, "ICA_SEC_003", "A token that was made with an API key cannot be refreshed");
      },
    },
  ];
}
