/** What is said about the catalogue as a document: how it is put, what is wrong with it, what changes. */

/** A place in the document that is wrong. */
export interface CatalogueProblem {
  /** JSON pointer (RFC 6901). */
  at: string
  says: string
}

export interface CatalogueChangeRow {
  kind: 'added' | 'removed' | 'changed'
  at: string
  /** the change in one line. */
  says: string
}

/** A catalogue that stands or stood. `revision` 0 is the shipped one. */
export interface CatalogueHead {
  revision: number
  version: string
  /** what `ETag` says: a digest of the content, whatever the order of its keys. */
  digest: string
  at: string | null
  by: string
}

export interface CatalogueVersion extends CatalogueHead {
  /** how many places changed from the one before. */
  changes: number
}

export interface CatalogueDiff {
  changes: CatalogueChangeRow[]
  /** changes beyond those listed. */
  beyond: number
}

export type CatalogueRefusal =
  | { ok: false; reason: 'invalid-catalogue' | 'secret-in-catalogue'; problems: CatalogueProblem[] }
  /** somebody else put another one since; `digest` is what stands. */
  | { ok: false; reason: 'precondition-failed'; digest: string }
  /** this version is the name of another content: what rooms wrote down would mean two things. */
  | { ok: false; reason: 'version-taken'; version: string }

export type CataloguePut = { ok: true; head: CatalogueHead; diff: CatalogueDiff } | CatalogueRefusal
export type CatalogueCompared = { ok: true; diff: CatalogueDiff } | CatalogueRefusal

/** A catalogue as a text, in bytes: it travels into every room that opens and stands in its snapshot. */
export const CATALOGUE_BYTES_MAX = 262_144

/** An address that the catalogue names, and the way to it from the Worker. */
export interface ReachRow {
  kind: 'endpoint' | 'pull' | 'target'
  name: string
  url: string
  /** the tunnel or private-network binding that the catalogue names for it. */
  binding?: string
  /** `local`: this machine or the developer's network, which local mode alone asks. */
  way: 'public' | 'local' | 'binding' | 'refused'
  /** why it is refused; empty where it is not. */
  reason: string
}
