import * as z from 'zod/mini'
import { catalogueVersionsQuery } from '../routes/catalogue.ts'
import { dryRunBody } from '../routes/ingest-dry-run.ts'
import { killSwitchBody } from '../routes/instance.ts'
import { onCallQuery } from '../routes/oncall.ts'
import { cursor } from '../routes/params.ts'
import { silenceBody } from '../routes/silences.ts'
import { chapter, type Operation } from './operation.ts'
import * as shape from './shapes.ts'

const row = chapter('Instance')
const page = z.strictObject({ cursor })
const DOCUMENT = {
  schema: shape.catalogue,
  types: ['application/json', 'application/yaml'],
  says: 'The whole document; checked member by member, one that is not known is refused.',
}
const REFUSED = ['invalid-catalogue', 'secret-in-catalogue']

/** What this instance knows and keeps: catalogue, intake, silences, the kill switch. */
export const INSTANCE: readonly Operation[] = [
  row('GET /api/v1/catalogue', 'viewer', 'The catalogue that stands', {
    query: z.strictObject({}),
    answers: {
      200: { says: 'The document; its ETag names the content.', schema: shape.catalogue },
      304: { says: '`If-None-Match` names what stands.' },
    },
  }),
  row('PUT /api/v1/catalogue', 'admin', 'Put a catalogue', {
    body: DOCUMENT,
    answers: { 200: { says: 'It stands; what changed.', schema: shape.cataloguePut } },
    codes: [...REFUSED, 'version-taken', 'precondition-failed', 'invalid-if-match'],
  }),
  row('POST /api/v1/catalogue/diff', 'viewer', 'What putting a catalogue would change', {
    body: DOCUMENT,
    answers: { 200: { says: 'One line for each change.', schema: shape.catalogueDiff } },
    codes: REFUSED,
  }),
  row('GET /api/v1/catalogue/versions', 'viewer', 'Catalogues that were put', {
    query: catalogueVersionsQuery,
    answers: { 200: { says: 'Newest first.', schema: shape.list(shape.catalogueVersion) } },
  }),
  row('GET /api/v1/catalogue/versions/:revision', 'viewer', 'A catalogue as it was put', {
    answers: { 200: { says: 'The document.', schema: shape.catalogue } },
  }),
  row('POST /api/v1/ingest/dry-run', 'viewer', 'What a pasted payload would become', {
    body: { schema: dryRunBody },
    answers: { 200: { says: 'Its alerts; nothing is kept.', schema: shape.dryRunAnswer } },
  }),
  row('GET /api/v1/intake', 'viewer', 'Counters of the intake', {
    answers: { 200: { says: 'They add up, always.', schema: shape.counters } },
  }),
  row('GET /api/v1/intake/quarantined', 'viewer', 'Bodies that nobody could read', {
    query: page,
    answers: { 200: { says: 'Newest first.', schema: shape.list(shape.quarantineRow) } },
  }),
  row('GET /api/v1/intake/noise', 'viewer', 'Why alerts ended where they did', {
    answers: { 200: { says: 'By reason word, and the storm that is on.', schema: shape.noise } },
  }),
  row('GET /api/v1/suppressed', 'viewer', 'Alerts that are kept from people', {
    query: page,
    answers: { 200: { says: 'Newest first, each with why.', schema: shape.list(shape.suppressedRow) } },
  }),
  row('GET /api/v1/sources', 'viewer', 'The sources, their heartbeats and pulls', {
    answers: { 200: { says: 'By name.', schema: shape.list(shape.sourceWatch) } },
  }),
  row('GET /api/v1/reach', 'viewer', 'How the addresses of the catalogue are reached', {
    answers: {
      200: {
        says: 'Over the net, through a binding, or refused and why; nothing is asked.',
        schema: shape.list(shape.reachRow),
      },
    },
  }),
  row('GET /api/v1/signing', 'viewer', 'Whether the agents can sign their votes', {
    answers: { 200: { says: 'While they cannot, no ballot carries; `state` says why.', schema: shape.signing } },
  }),
  row('GET /api/v1/silences', 'viewer', 'Silences and maintenance windows', {
    answers: { 200: { says: 'The first to end first.', schema: shape.list(shape.silenceRow) } },
  }),
  row('POST /api/v1/silences', 'responder', 'Keep alerts from people for a while', {
    body: { schema: silenceBody },
    answers: { 201: { says: 'Kept.', schema: shape.silenceRow } },
    codes: ['invalid-matchers', 'too-many-silences'],
  }),
  row('DELETE /api/v1/silences/:id', 'responder', 'End a silence', {
    answers: { 204: { says: 'Over; what still fires comes through.' } },
    codes: ['in-catalogue'],
  }),
  row('GET /api/v1/oncall', 'viewer', 'Who is on call', {
    query: onCallQuery,
    answers: { 200: { says: 'Each rotation.', schema: shape.list(shape.anything) } },
  }),
  row('GET /api/v1/targets', 'viewer', 'Where notifications go', {
    query: z.strictObject({}),
    answers: { 200: { says: 'Each target; its secret is named, not said.', schema: shape.list(shape.named) } },
  }),
  row('POST /api/v1/targets/:name/enable', 'admin', 'Notify a target again that wanted no more', {
    answers: { 204: { says: 'It is notified from its next page on.' } },
  }),
  row('GET /api/v2/alerts', 'viewer', 'What fires, as an Alertmanager answers amtool', {
    answers: { 200: { says: 'Newest first.', schema: z.array(shape.anything) } },
    codes: ['invalid-query'],
  }),
  row('GET /api/v2/status', 'viewer', 'What clients of an Alertmanager ask first', {
    answers: { 200: { says: 'No cluster, no configuration file.', schema: shape.anything } },
  }),
  row('GET /api/v1/kill-switch', 'viewer', 'The kill switch', {
    answers: { 200: { says: 'As it stands.', schema: shape.killSwitch } },
  }),
  row('PUT /api/v1/kill-switch', 'commander', 'Throw the kill switch', {
    body: { schema: killSwitchBody },
    answers: { 200: { says: 'While it is on, no action starts anywhere.', schema: shape.killSwitch } },
  }),
]
