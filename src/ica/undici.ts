/** The parts of undici that the wire needs, by name: a bundled `import("undici")` has a default export only. */
export { buildConnector, EnvHttpProxyAgent, Pool } from "undici";
