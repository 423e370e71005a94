/** Addresses that senders post to, under our own name and under those that foreign clients have built in. */
const INTAKES = ['/api/v1/ingest/', '/api/v2/', '/v2/', '/v1/', '/api/v1/changes', '/api/v1/telemetry', '/api/v1/write']
/** Under that name but for people: what a pasted payload would become. */
const DRY_RUN = '/api/v1/ingest/dry-run'

/** Whether a sender posts here. It follows from method and path alone, so that a storm costs nothing to tell. */
export function isIntake(method: string, path: string): boolean {
  // Reading is people's: amtool asks at the address that Prometheus posts to.
  if (method === 'GET' || method === 'HEAD' || path === DRY_RUN) return false
  return INTAKES.some((intake) => path.startsWith(intake))
}
