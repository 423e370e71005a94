import { chapter, type Operation } from './operation.ts'
import * as shape from './shapes.ts'

const row = chapter('Ourselves')

/** How this instance is, and what it can do. */
export const HEALTH: readonly Operation[] = [
  row('GET /livez', 'anyone', 'This process answers', { answers: { 200: { says: 'Alive.', schema: shape.live } } }),
  row('GET /readyz', 'anyone', 'Storage is written and read', {
    answers: { 200: { says: 'Ready.', schema: shape.live } },
    codes: ['not-ready'],
  }),
  row('GET /version', 'anyone', 'What runs here', { answers: { 200: { says: 'Versions.', schema: shape.version } } }),
  row('GET /.well-known/incident-commander-keys.json', 'anyone', "The public halves of the agents' keys", {
    answers: {
      200: {
        says: 'Those that were replaced too: an old signature is checked with an old key.',
        schema: shape.agentKeys,
      },
    },
  }),
  row('GET /.well-known/openid-configuration', 'anyone', 'This instance as an OIDC issuer', {
    answers: { 200: { says: 'What AWS reads before it trusts a token of ours.', schema: shape.openid } },
    codes: ['issuer-not-configured', 'issuer-misconfigured'],
  }),
  row('GET /.well-known/jwks.json', 'anyone', 'The keys that sign its tokens', {
    answers: {
      200: { says: 'Public halves; the next one a day before it signs, the last one a day after.', schema: shape.jwks },
    },
    codes: ['issuer-not-configured', 'issuer-misconfigured'],
  }),
  row('GET /metrics', 'viewer', 'Figures about this instance', {
    answers: {
      200: {
        says: 'Prometheus text 0.0.4, or OpenMetrics where it is accepted.',
        types: ['text/plain', 'application/openmetrics-text'],
      },
    },
  }),
  row('GET /openapi.json', 'anyone', 'This description', {
    answers: {
      200: { says: 'OpenAPI 3.1.', types: ['application/json'] },
      304: { says: '`If-None-Match` names this build.' },
    },
  }),
  row('GET /docs', 'anyone', 'This description, to read', {
    answers: { 200: { says: 'A page.', types: ['text/html'] } },
  }),
  row('GET /docs/style.css', 'anyone', 'How that page looks', {
    answers: { 200: { says: 'A style sheet.', types: ['text/css'] } },
  }),
]
