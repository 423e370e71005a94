import { isRecord } from '../record.ts'
import { instantOf } from '../time.ts'

const NOTIFICATION = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const
const CONFIRMATION = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const

/** An SNS message whose members are there; nothing of it is believed yet. */
export interface SnsMessage {
  type: 'Notification' | 'SubscriptionConfirmation' | 'UnsubscribeConfirmation'
  topic: string
  /** when SNS says it was sent. */
  at: number
  token: string
  certificate: string
  signature: string
  signatureVersion: string
  /** the members as they were sent. */
  said: Record<string, unknown>
}

/** The message, or null for what has not the members of one. */
export function snsMessage(body: unknown): SnsMessage | null {
  if (!isRecord(body)) return null
  const type = TYPES.find((one) => one === body['Type'])
  if (type === undefined) return null
  const needed = type === 'Notification' ? NOTIFICATION.filter((name) => name !== 'Subject') : CONFIRMATION
  const all = [...needed, 'SignatureVersion', 'Signature', 'SigningCertURL']
  if (!all.every((name) => typeof body[name] === 'string')) return null
  if (body['Subject'] !== undefined && body['Subject'] !== null && typeof body['Subject'] !== 'string') return null
  const at = instantOf(body['Timestamp'])
  if (at === null) return null
  return {
    type,
    topic: String(body['TopicArn']),
    at,
    token: type === 'Notification' ? '' : String(body['Token']),
    certificate: String(body['SigningCertURL']),
    signature: String(body['Signature']),
    signatureVersion: String(body['SignatureVersion']),
    said: body,
  }
}

const TYPES = ['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'] as const

/** What SNS signs: each member that is there as `name\nvalue\n`, in the order of its documentation. */
export function stringToSign({ type, said }: SnsMessage): string {
  const names = type === 'Notification' ? NOTIFICATION : CONFIRMATION
  return names.flatMap((name) => (typeof said[name] === 'string' ? [`${name}\n${said[name]}\n`] : [])).join('')
}
