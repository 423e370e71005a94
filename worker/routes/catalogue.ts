import type { Context } from 'hono'
import * as z from 'zod/mini'
import { CATALOGUE_BYTES_MAX, type CatalogueHead, type CatalogueRefusal } from '../../durable/protocol/catalogue.ts'
import { LIVE } from '../../durable/protocol/namespace.ts'
import { type Document, jsonDocument, yamlDocument } from '../catalogue/document.ts'
import type { AppEnv } from '../env.ts'
import { type FieldProblem, ProblemError } from '../errors.ts'
import { readBody } from '../ingest/body.ts'
import { etagOf, ifMatchOf, isHeld, preconditionFailed } from '../middleware/etag.ts'
import { linked } from '../middleware/link.ts'
import { queryOf } from '../validate.ts'
import { cursor } from './params.ts'

const YAML = /^(?:application|text)\/(?:x-)?yaml\b/i

/** `GET /api/v1/catalogue`: the document that stands, with its ETag; 304 for who holds it. */
export async function getCatalogue(c: Context<AppEnv>): Promise<Response> {
  queryOf(c, z.strictObject({}))
  const { head, catalogue } = await c.env.DIRECTORY.getByName(LIVE).catalogueDocument()
  const etag = etagOf(head.digest)
  c.header('etag', etag)
  return isHeld(c, etag) ? c.body(null, 304) : c.json(catalogue)
}

/**
 * `PUT /api/v1/catalogue` (JSON, or YAML by its content type) by an admin: `{revision, version, at, by, changes, beyond}`.
 * 422 with every place that is wrong, 412 where `If-Match` names another than what stands, 409 for a version that was
 * given to other content. Open rooms keep what they opened with.
 */
export async function putCatalogue(c: Context<AppEnv>): Promise<Response> {
  const ifMatch = ifMatchOf(c)
  const document = await documentOf(c)
  const { name } = c.get('person')
  const answer = await c.env.DIRECTORY.getByName(LIVE).putCatalogue({ text: document.json, ifMatch, by: name })
  if (!answer.ok) throw refused(answer, document)
  c.header('etag', etagOf(answer.head.digest))
  return c.json({ ...shown(answer.head), ...answer.diff })
}

/** `POST /api/v1/catalogue/diff`: what putting the document would change, `{changes, beyond}`; refused as putting it is. */
export async function diffCatalogue(c: Context<AppEnv>): Promise<Response> {
  // A question, though it has a body: no line of audit for it.
  c.set('noted', true)
  const document = await documentOf(c)
  const answer = await c.env.DIRECTORY.getByName(LIVE).compareCatalogue(document.json)
  if (!answer.ok) throw refused(answer, document)
  return c.json(answer.diff)
}

/** `GET /api/v1/catalogue/versions?cursor=`: what was put, newest first, `{items, next}`. */
export async function listCatalogueVersions(c: Context<AppEnv>): Promise<Response> {
  const query = queryOf(c, catalogueVersionsQuery)
  const { items, next } = await c.env.DIRECTORY.getByName(LIVE).catalogueVersions(query.cursor ?? null)
  return linked(c, { items: items.map((item) => ({ ...shown(item), changes: item.changes })), next })
}
export const catalogueVersionsQuery = z.strictObject({ cursor })

/** `GET /api/v1/catalogue/versions/{revision}`: the document as it was put. */
export async function getCatalogueVersion(c: Context<AppEnv>): Promise<Response> {
  const revision = c.req.param('revision') ?? ''
  const known = /^\d{1,15}$/.test(revision)
  const catalogue = known ? await c.env.DIRECTORY.getByName(LIVE).catalogueAt(Number(revision)) : null
  if (!catalogue) throw new ProblemError(404, 'not-found', 'There is no such revision, or it is no longer kept.')
  return c.json(catalogue)
}

type Readable = Extract<Document, { ok: true }>

async function documentOf(c: Context<AppEnv>): Promise<Readable> {
  const body = await readBody(c.req.raw, CATALOGUE_BYTES_MAX)
  const isYaml = YAML.test(c.req.header('content-type') ?? '')
  if (!body.ok && !(isYaml && body.reason === 'not-json'))
    throw new ProblemError(400, 'invalid-body', `The body could not be read: ${body.reason}.`)
  const document = isYaml ? yamlDocument(body.raw) : jsonDocument(body.raw)
  if (!document.ok)
    throw new ProblemError(422, 'invalid-catalogue', 'This is not YAML as it is read here.', {
      errors: document.problems,
    })
  return document
}

function refused(refusal: CatalogueRefusal, document: Readable): ProblemError {
  switch (refusal.reason) {
    case 'precondition-failed':
      return preconditionFailed(refusal.digest, 'Another catalogue was put since; look at it before yours replaces it.')
    case 'version-taken':
      return new ProblemError(
        409,
        'version-taken',
        'This version names other content already, and rooms wrote it down. Give the document a new version.',
      )
    case 'secret-in-catalogue':
      return new ProblemError(
        422,
        'secret-in-catalogue',
        'The document holds what looks like a secret, and nothing of it was kept. Put it as PUT /api/v1/secrets/{name} and name it.',
        { errors: placed(refusal.problems, document) },
      )
    case 'invalid-catalogue':
      return new ProblemError(422, 'invalid-catalogue', 'The document is not a catalogue; nothing was changed.', {
        errors: placed(refusal.problems, document),
      })
    default:
      return refusal satisfies never
  }
}

function placed(problems: readonly { at: string; says: string }[], document: Readable): FieldProblem[] {
  return problems.map((problem) => ({ ...problem, ...document.place(problem.at) }))
}

function shown({ revision, version, at, by }: CatalogueHead): object {
  return { revision, version, at, by }
}
