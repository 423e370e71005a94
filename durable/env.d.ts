/** Secrets that a deployment may set; none is needed to run. Merged into the generated Env. */
interface __BaseEnv_Env {
  /** signs the actions of the live namespace; without it nothing is wired there. */
  IC_ACTION_SECRET?: string
}
