import { type X509Certificate, createVerify } from 'node:crypto'
import { type Certificates, certificateAddress } from './certificate.ts'
import { type SnsMessage, stringToSign } from './message.ts'
import { hostOfTopic } from './topic.ts'

/** How far a message's time may be from ours, in ms: SNS tries again for an hour at most. */
export const SNS_AGE_MS_MAX = 3_600_000
/** SHA-256 with RSA. Version 1 is SHA-1, which signs nothing any more. */
const SIGNATURE_VERSION = '2'
const SIGNATURE = /^[A-Za-z0-9+/]{1,1024}={0,2}$/

/** Why a message is not believed. */
export type SnsFault =
  | 'sns-topic-not-allowed'
  | 'sns-signature-version'
  | 'sns-timestamp'
  | 'sns-certificate-address'
  | 'sns-certificate'
  | 'sns-signature'

/**
 * Null when SNS itself sent this to us, just now. Everything that can be told without the network comes first: the topic
 * is one of `topics` (the catalogue's), the version is 2, the time is near, the certificate lies at the topic's own
 * region. Throws when the certificate cannot be asked for.
 */
export async function verifySns(
  message: SnsMessage,
  topics: readonly string[],
  certificates: Certificates,
  now: number,
): Promise<SnsFault | null> {
  const host = hostOfTopic(message.topic)
  if (host === null || !topics.includes(message.topic)) return 'sns-topic-not-allowed'
  if (message.signatureVersion !== SIGNATURE_VERSION) return 'sns-signature-version'
  if (Math.abs(now - message.at) > SNS_AGE_MS_MAX) return 'sns-timestamp'
  const address = certificateAddress(message.certificate, host)
  if (address === null) return 'sns-certificate-address'
  if (!SIGNATURE.test(message.signature)) return 'sns-signature'
  const certificate = await certificates.at(address, now)
  if (certificate === null || !isValid(certificate, now)) return 'sns-certificate'
  return signed(message, certificate) ? null : 'sns-signature'
}

function isValid({ validFrom, validTo }: X509Certificate, now: number): boolean {
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo)
}

function signed(message: SnsMessage, certificate: X509Certificate): boolean {
  if (certificate.publicKey.asymmetricKeyType !== 'rsa') return false
  return createVerify('RSA-SHA256')
    .update(stringToSign(message))
    .verify(certificate.publicKey, message.signature, 'base64')
}
