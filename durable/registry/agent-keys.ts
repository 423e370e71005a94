import { keyId, newPair, publicHalf } from '../../bridge/ed25519.ts'
import { AGENTS, type AgentKey, type AgentName, type Instant } from '../protocol/domain.ts'
import { fromBase64Url } from '../protocol/signed.ts'
import { type MasterKey, seal, unseal } from './key.ts'

/** One seat's pair, for a room to sign with: the private half leaves the registry for rooms alone, and no room stores it. */
export interface SigningKey {
  key: AgentKey
  /** base64url of the raw 32 bytes. */
  privateKey: string
}

type Row = {
  id: string
  agent: AgentName
  instance: string
  public: string
  since: number
  sealed: ArrayBuffer
}

/**
 * The pair of each agent: the newest that today's master key opens, else a new one. What an older master key sealed stays
 * published, for what it signed, and stands again when that master key comes back.
 */
export function standingKeys(sql: SqlStorage, master: MasterKey, instance: string, wall: Instant): SigningKey[] {
  return AGENTS.map((agent) => {
    for (const row of rows(sql, instance).filter((one) => one.agent === agent)) {
      const privateKey = unseal(master, new Uint8Array(row.sealed), boundOf(row.id))
      if (privateKey !== null && fits(privateKey, row)) return { key: keyOf(row), privateKey }
    }
    return make(sql, master, agent, instance, wall)
  })
}

/** Every public half there ever was, the newest of each agent first. */
export function publishedKeys(sql: SqlStorage, instance: string): AgentKey[] {
  return rows(sql, instance).map(keyOf)
}

function make(sql: SqlStorage, master: MasterKey, agent: AgentName, instance: string, wall: Instant): SigningKey {
  const pair = newPair()
  const [id, privateKey] = [keyId(pair.publicKey), Buffer.from(pair.privateKey).toString('base64url')]
  const key: AgentKey = {
    id,
    agent,
    instance,
    publicKey: Buffer.from(pair.publicKey).toString('base64url'),
    since: wall,
  }
  sql.exec(
    'INSERT INTO agent_keys (id, agent, instance, public, since, sealed) VALUES (?, ?, ?, ?, ?, ?)',
    id,
    agent,
    instance,
    key.publicKey,
    wall,
    seal(master, privateKey, boundOf(id)),
  )
  return { key, privateKey }
}

/** A private half that is not of this public one would sign what nobody can check. */
function fits(privateKey: string, row: Row): boolean {
  const raw = fromBase64Url(privateKey)
  return raw !== null && keyId(publicHalf(raw)) === row.id
}

function rows(sql: SqlStorage, instance: string): Row[] {
  return sql
    .exec<Row>('SELECT * FROM agent_keys WHERE instance = ? ORDER BY agent, since DESC, rowid DESC', instance)
    .toArray()
}

function keyOf({ id, agent, instance, public: publicKey, since }: Row): AgentKey {
  return { id, agent, instance, publicKey, since }
}

function boundOf(id: string): string {
  return `incident-commander/agent-key/${id}`
}
