import { Hono } from 'hono'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { requestId } from 'hono/request-id'
import { audited } from './auth/audit.ts'
import { gate } from './auth/gate.ts'
import { needs, signedIn } from './auth/person.ts'
import { sends } from './auth/sender.ts'
import type { AppEnv } from './env.ts'
import { onError, ProblemError, problemResponse } from './errors.ts'
import { securityHeaders } from './headers.ts'
import { limited } from './middleware/limit.ts'
import { measured } from './middleware/measure.ts'
import { traced } from './middleware/trace.ts'
import { listAudit, verifyAudit } from './routes/audit.ts'
import {
  diffCatalogue,
  getCatalogue,
  getCatalogueVersion,
  listCatalogueVersions,
  putCatalogue,
} from './routes/catalogue.ts'
import { command } from './routes/commands.ts'
import * as control from './routes/controls.ts'
import { docs, docsStyle, openapiJson } from './routes/docs.ts'
import { getDrill, listDrills, listScenarios, startDrill, stopDrill } from './routes/drills.ts'
import { livez, readyz, versions } from './routes/health.ts'
import { exportIncident } from './routes/export.ts'
import { getHistory, listHistory } from './routes/history.ts'
import { declareIncident, getIncident, listEvents, listIncidents } from './routes/incidents.ts'
import { importIncident } from './routes/imports.ts'
import { init } from './routes/init.ts'
import { alerts, changes, ingest, signed } from './routes/ingest.ts'
import { alertmanagerAlerts, alertmanagerStatus } from './routes/ingest-alertmanager.ts'
import { cloudEvents, cloudEventsHandshake } from './routes/ingest-cloudevents.ts'
import { dryRun } from './routes/ingest-dry-run.ts'
import { enqueue, enqueueChange } from './routes/ingest-pagerduty.ts'
import { sns } from './routes/ingest-sns.ts'
import { swift } from './routes/ingest-swift.ts'
import { intake, killSwitch, me, quarantined, setKillSwitch } from './routes/instance.ts'
import { agentKeys } from './routes/keys.ts'
import * as lifecycle from './routes/lifecycle.ts'
import { enableTarget, listTargets, onCall } from './routes/oncall.ts'
import { metrics } from './routes/metrics.ts'
import { issuerKeys, openidConfiguration } from './routes/oidc.ts'
import * as order from './routes/orders.ts'
import { deleteSecret, listSecrets, setSecret } from './routes/secrets.ts'
import { signing } from './routes/signing.ts'
import { createSilence, endSilence, listSilences, listSuppressed, noise } from './routes/silences.ts'
import { lobby, room } from './routes/sockets.ts'
import { listReach } from './routes/reach.ts'
import { listSources } from './routes/sources.ts'
import { eventStream } from './routes/sse.ts'
import { telemetry } from './routes/telemetry.ts'
import { createTicket } from './routes/tickets.ts'
import { createToken, listTokens, revokeToken } from './routes/tokens.ts'

export * from '../durable/index.ts'
export { PullReader } from './ingest/pull.ts'

/** The map: every address, who may come, and where it is answered. What is missing here is a 404 problem, never a page. */
const app = new Hono<AppEnv>()
app.onError(onError)
app.notFound((c) => problemResponse(c, new ProblemError(404, 'no-such-address', 'There is nothing at this address.')))

app.use(swift)
app.use(requestId({ limitLength: 64 }))
app.use(traced)
app.use(securityHeaders)
app.use(measured)
app.use(
  methodNotAllowed({
    app,
    onMethodNotAllowed: (c, methods) =>
      problemResponse(
        c,
        new ProblemError(405, 'method-not-allowed', `This address takes ${methods.join(', ')}.`, {
          headers: { allow: methods.join(', ') },
        }),
      ),
  }),
)
app.use(audited)
app.use(gate)
app.use(limited)

app.get('/livez', livez)
app.get('/readyz', readyz)
app.get('/version', versions)
app.get('/.well-known/incident-commander-keys.json', agentKeys)
app.get('/.well-known/openid-configuration', openidConfiguration)
app.get('/.well-known/jwks.json', issuerKeys)
app.get('/metrics', signedIn, metrics)
app.get('/openapi.json', openapiJson)
app.get('/docs', docs)
app.get('/docs/style.css', docsStyle)

// In: whoever holds a source's token.
app.post('/api/v1/ingest/alertmanager', sends('alertmanager'), ingest('alertmanager'))
for (const intake of ['eventbridge', 'datadog', 'syslog', 'collectd', 'webhook'] as const) {
  app.post(`/api/v1/ingest/${intake}`, sends(intake), ingest(intake))
  app.post(`/api/v1/ingest/${intake}/:source`, sends(intake), ingest(intake))
}
app.post('/api/v1/ingest/cloudevents', sends('cloudevents'), cloudEvents)
app.options('/api/v1/ingest/cloudevents', sends('cloudevents'), cloudEventsHandshake)
app.post('/api/v1/ingest/cloudevents/:source', sends('cloudevents'), cloudEvents)
app.options('/api/v1/ingest/cloudevents/:source', sends('cloudevents'), cloudEventsHandshake)
// These sign what they send, or hold a token like the others.
for (const intake of ['grafana', 'sentry', 'standard-webhooks'] as const) {
  app.post(`/api/v1/ingest/${intake}`, signed(intake))
  app.post(`/api/v1/ingest/${intake}/:source`, signed(intake))
}
app.post('/api/v1/ingest/sns', sns)
app.post('/v2/enqueue', enqueue)
app.post('/v2/change/enqueue', enqueueChange)
app.post('/api/v2/alerts', sends('alerts'), alerts)
app.post('/api/v1/changes', sends('changes'), changes)
app.post('/api/v1/telemetry', sends('telemetry'), telemetry)

// Everything below is for people.
app.get('/api/v1/me', signedIn, me)
app.get('/api/v1/catalogue', signedIn, getCatalogue)
app.put('/api/v1/catalogue', needs('admin'), putCatalogue)
app.post('/api/v1/catalogue/diff', signedIn, diffCatalogue)
app.get('/api/v1/catalogue/versions', signedIn, listCatalogueVersions)
app.get('/api/v1/catalogue/versions/:revision', signedIn, getCatalogueVersion)
app.post('/api/v1/ingest/dry-run', signedIn, dryRun)
app.get('/api/v2/alerts', signedIn, alertmanagerAlerts)
app.get('/api/v2/status', signedIn, alertmanagerStatus)
app.get('/api/v1/intake', signedIn, intake)
app.get('/api/v1/intake/quarantined', signedIn, quarantined)
app.get('/api/v1/intake/noise', signedIn, noise)
app.get('/api/v1/suppressed', signedIn, listSuppressed)
app.get('/api/v1/sources', signedIn, listSources)
app.get('/api/v1/reach', signedIn, listReach)
app.get('/api/v1/signing', signedIn, signing)
app.get('/api/v1/silences', signedIn, listSilences)
app.post('/api/v1/silences', needs('responder'), createSilence)
app.delete('/api/v1/silences/:id', needs('responder'), endSilence)
app.get('/api/v1/oncall', signedIn, onCall)
app.get('/api/v1/targets', signedIn, listTargets)
app.post('/api/v1/targets/:name/enable', needs('admin'), enableTarget)
app.get('/api/v1/kill-switch', signedIn, killSwitch)
app.put('/api/v1/kill-switch', needs('commander'), setKillSwitch)
app.put('/api/v1/kill-switch/services/:id', needs('commander'), control.setServiceSwitch)
app.get('/api/v1/controls', signedIn, control.controls)
app.put('/api/v1/dry-run', needs('commander'), control.setDryRun)
app.get('/api/v1/freezes', signedIn, control.listFreezes)
app.post('/api/v1/freezes', needs('commander'), control.createFreeze)
app.delete('/api/v1/freezes/:id', needs('commander'), control.endFreeze)
app.put('/api/v1/autonomy/:id', needs('commander'), control.setAutonomy)
app.get('/api/v1/lobby', signedIn, lobby)

// Who may come in. `init` is for a fresh deployment and judges its own token.
app.post('/api/v1/init', init)
app.post('/api/v1/tickets', signedIn, createTicket)
app.get('/api/v1/tokens', needs('admin'), listTokens)
app.post('/api/v1/tokens', needs('admin'), createToken)
app.delete('/api/v1/tokens/:id', needs('admin'), revokeToken)
app.get('/api/v1/secrets', needs('admin'), listSecrets)
app.put('/api/v1/secrets/:name', needs('admin'), setSecret)
app.delete('/api/v1/secrets/:name', needs('admin'), deleteSecret)
app.get('/api/v1/audit', needs('admin'), listAudit)
app.get('/api/v1/audit/verify', needs('admin'), verifyAudit)

app.get('/api/v1/incidents', signedIn, listIncidents)
app.post('/api/v1/incidents', needs('commander'), declareIncident)
app.get('/api/v1/incidents/:id', signedIn, getIncident)
app.get('/api/v1/incidents/:id/events', signedIn, eventStream, listEvents)
app.get('/api/v1/incidents/:id/room', signedIn, room)
app.get('/api/v1/incidents/:id/export', signedIn, exportIncident)
app.post('/api/v1/incidents/:id/commands', signedIn, command)
app.post('/api/v1/incidents/:id/acknowledge', needs('responder'), order.acknowledge)
app.post('/api/v1/incidents/:id/notes', needs('responder'), order.addNote)
app.post('/api/v1/incidents/:id/mitigate', needs('responder'), order.mitigate)
app.post('/api/v1/incidents/:id/resolve', needs('responder'), order.resolve)
app.post('/api/v1/incidents/:id/close', needs('responder'), order.close)
app.post('/api/v1/incidents/:id/reopen', needs('responder'), lifecycle.reopen)
app.post('/api/v1/incidents/:id/cancel', needs('responder'), lifecycle.cancel)
app.post('/api/v1/incidents/:id/severity', needs('responder'), lifecycle.setSeverity)
app.post('/api/v1/incidents/:id/roles', needs('responder'), lifecycle.assignRole)
app.post('/api/v1/incidents/:id/roles/release', needs('responder'), lifecycle.releaseRole)
app.post('/api/v1/incidents/:id/tasks', needs('responder'), lifecycle.addTask)
app.post('/api/v1/incidents/:id/tasks/:task', needs('responder'), lifecycle.changeTask)
app.post('/api/v1/incidents/:id/fields', needs('responder'), lifecycle.setField)
app.post('/api/v1/incidents/:id/privacy', needs('commander'), lifecycle.setPrivacy)
app.post('/api/v1/incidents/:id/access', needs('commander'), lifecycle.setAccess)
app.post('/api/v1/incidents/:id/merge', needs('responder'), lifecycle.merge)
app.post('/api/v1/incidents/:id/unmerge', needs('responder'), lifecycle.unmerge)
app.post('/api/v1/incidents/:id/split', needs('responder'), lifecycle.split)
app.post('/api/v1/incidents/:id/parent', needs('responder'), lifecycle.setParent)
app.post('/api/v1/incidents/:id/escalate', needs('responder'), lifecycle.escalate)
app.post('/api/v1/incidents/:id/proposals/:proposal/approve', needs('commander'), order.approve)
app.post('/api/v1/incidents/:id/proposals/:proposal/reject', needs('commander'), order.reject)
app.post('/api/v1/incidents/:id/proposals/:proposal/request-changes', needs('commander'), order.requestChanges)
app.post('/api/v1/incidents/:id/proposals/:proposal/undo', needs('commander'), order.undo)
app.post('/api/v1/incidents/:id/proposals/:proposal/steps/:step', needs('responder'), order.completeStep)
app.post('/api/v1/incidents/:id/own-decision', needs('commander'), order.ownDecision)
app.post('/api/v1/incidents/:id/outcome', needs('commander'), order.settleOutcome)
app.post('/api/v1/incidents/:id/kill-switch', needs('commander'), control.incidentKillSwitch)
app.post('/api/v1/incidents/:id/dry-run-mode', needs('commander'), control.incidentDryRun)

app.get('/api/v1/history', signedIn, listHistory)
app.get('/api/v1/history/:id', signedIn, getHistory)
app.post('/api/v1/imports', needs('admin'), importIncident)

app.get('/api/v1/scenarios', signedIn, listScenarios)
app.get('/api/v1/drills', signedIn, listDrills)
app.post('/api/v1/drills', needs('commander'), startDrill)
app.get('/api/v1/drills/:id', signedIn, getDrill)
app.post('/api/v1/drills/:id/stop', needs('commander'), stopDrill)

export default app
