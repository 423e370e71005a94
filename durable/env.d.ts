/** Secrets that a deployment may set; none is needed to run. Merged into the generated Env. */
interface __BaseEnv_Env {
  /** signs the actions of the live namespace; without it nothing is wired there. */
  IC_ACTION_SECRET?: string
  /** what secrets are sealed under: 32 bytes in base64. Without it none can be set, except in local mode. */
  IC_MASTER_KEY?: string
  /** `development` is local mode: said on the command line, never in wrangler.toml. */
  IC_MODE?: string
}
