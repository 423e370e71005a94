import { STATUS as ROOM } from '../routes/orders.ts'
import { STATUS as IMPORT } from '../routes/imports.ts'

/** A word that a client may branch on: it keeps its meaning, and the status it comes with. */
export interface Code {
  status: number
  says: string
}

const OWN: Readonly<Record<string, Code>> = {
  // The request itself.
  'invalid-body': { status: 400, says: 'The body is not JSON or not of the shape; `errors` names each field.' },
  'invalid-query': { status: 400, says: 'A parameter is unknown, of another form, or given twice; `errors` names it.' },
  'invalid-if-match': { status: 400, says: '`If-Match` is neither `*` nor entity tags.' },
  'invalid-idempotency-key': { status: 400, says: 'A key is 1 to 128 visible ASCII characters.' },
  'body-too-large': { status: 413, says: 'The body, inflated, is longer than this address reads.' },
  'unknown-encoding': { status: 415, says: 'Content-Encoding may be gzip, deflate or identity.' },
  'not-acceptable': { status: 406, says: 'None of the accepted types can be given.' },
  'no-such-address': { status: 404, says: 'There is nothing at this address.' },
  'method-not-allowed': { status: 405, says: 'The address takes other methods; `Allow` names them.' },
  'not-found': { status: 404, says: 'What the address names is not there.' },
  'websocket-only': { status: 426, says: 'The address speaks WebSocket.' },
  'issuer-not-configured': { status: 404, says: 'This instance issues no tokens.' },
  'issuer-misconfigured': { status: 503, says: 'The issuer or its keys are not understood.' },
  // Who asks.
  unauthenticated: { status: 401, says: 'No sign-in, or none that is known.' },
  'role-too-low': { status: 403, says: 'The address, or the order, asks for a higher role.' },
  'no-role': { status: 403, says: 'The sign-in is good and is given no role here.' },
  'token-not-allowed': { status: 403, says: 'This kind of token, or this source, has no business here.' },
  forbidden: { status: 403, says: 'This person is not let in here.' },
  'host-not-local': { status: 403, says: 'Local mode answers loopback names only.' },
  'origin-not-same': { status: 403, says: 'Local mode answers its own pages only.' },
  'origin-not-allowed': { status: 403, says: 'The page that asks is not on the list of origins.' },
  'auth-not-configured': { status: 503, says: 'No way to sign in is configured; `detail` says what to do.' },
  'already-initialised': { status: 409, says: 'The first admin token was made already.' },
  'rate-limited': { status: 429, says: 'The token has used its quota; `Retry-After` says how long.' },
  // Repeats.
  'idempotency-running': { status: 409, says: 'The first request under this key is still being answered.' },
  'idempotency-mismatch': { status: 422, says: 'The key stood for another request.' },
  'answer-not-kept': { status: 409, says: 'It was done under this key, and the answer is shown only once.' },
  'precondition-failed': { status: 412, says: 'Something else stands than `If-Match` names; `ETag` says what.' },
  // Sources.
  undecodable: { status: 400, says: 'The body is not what this intake reads; nothing is kept.' },
  'unknown-event-type': { status: 415, says: 'Not a CloudEvent by its content type.' },
  'no-request-origin': { status: 400, says: 'The handshake names its sender in `WebHook-Request-Origin`.' },
  'no-such-source': { status: 404, says: 'The catalogue names no such source for this intake.' },
  'source-not-named': { status: 400, says: 'Several sources post here; the address must name one.' },
  'signature-missing': { status: 401, says: 'The source signs its posts, and this one is not signed.' },
  'signature-wrong': { status: 401, says: 'The signature does not fit the body.' },
  'signature-too-old': { status: 401, says: 'The signed time is more than five minutes away.' },
  'signature-secret-unusable': { status: 401, says: 'The secret is not of the form that the signature needs.' },
  'signature-secret-missing': { status: 401, says: 'The secret that the catalogue names was never set.' },
  'sns-topic-not-allowed': { status: 401, says: 'No source of the catalogue names this topic.' },
  'sns-signature-version': { status: 401, says: 'Only SignatureVersion 2 is believed.' },
  'sns-timestamp': { status: 401, says: 'The message is more than an hour away from now.' },
  'sns-certificate-address': { status: 401, says: "The certificate does not lie at the topic's own region." },
  'sns-certificate': { status: 401, says: 'The certificate is none, or not valid now.' },
  'sns-signature': { status: 401, says: 'The signature does not fit the message.' },
  'sns-not-confirmed': { status: 422, says: 'SNS did not accept the confirmation.' },
  'intake-overloaded': { status: 503, says: 'Nothing was taken in; send it again.' },
  'intake-storage': { status: 503, says: 'Nothing was taken in; send it again.' },
  // What is asked for.
  'invalid-matchers': { status: 400, says: 'A matcher of the silence cannot be used.' },
  'in-catalogue': { status: 409, says: 'It stands in the catalogue, and is changed there.' },
  'too-many-freezes': { status: 409, says: 'End freezes that are not needed first.' },
  'no-such-service': { status: 422, says: 'The catalogue has no such service.' },
  'too-many-silences': { status: 409, says: 'End silences that are not needed first.' },
  'too-many-tokens': { status: 409, says: 'Revoke tokens that are not needed first.' },
  'too-many-secrets': { status: 409, says: 'Delete secrets that are not needed first.' },
  'no-such-scenario': { status: 422, says: 'There is no such scenario.' },
  'no-such-variant': { status: 422, says: 'The scenario has no such variant.' },
  'invalid-catalogue': { status: 422, says: 'The document is no catalogue; `errors` names every place.' },
  'secret-in-catalogue': { status: 422, says: 'A value looks like a secret; `errors` names the place, not the value.' },
  'version-taken': { status: 409, says: 'This version names other content already.' },
  'unknown-message': { status: 400, says: 'The room does not know such a command.' },
  // What is down: asked again it may go well.
  'object-unavailable': { status: 503, says: 'The object behind the address did not answer.' },
  'directory-unavailable': { status: 503, says: 'The directory did not answer.' },
  'identity-provider-unavailable': { status: 503, says: 'The keys of the identity provider could not be fetched.' },
  'registry-unavailable': { status: 503, says: 'The registry of who may come in did not answer.' },
  'ledger-unavailable': { status: 503, says: 'The key could not be looked up, and nothing was done.' },
  'monitor-unavailable': { status: 503, says: 'A monitor did not answer; send the post again.' },
  'secret-unavailable': { status: 503, says: 'A secret could not be read.' },
  'sns-unreachable': { status: 503, says: 'SNS could not be asked.' },
  'not-ready': { status: 503, says: 'Storage or settings are not in order.' },
  'no-socket': { status: 503, says: 'The object did not open a socket.' },
  'no-greeting': { status: 503, says: 'The room did not answer.' },
  'room-not-joined': { status: 503, says: 'The room lets nobody in now.' },
  'master-key-missing': { status: 503, says: 'Secrets cannot be sealed: IC_MASTER_KEY is not set.' },
  'master-key-invalid': { status: 503, says: 'Secrets cannot be sealed: IC_MASTER_KEY is not of its form.' },
  'too-many-keys': { status: 503, says: 'Too many Idempotency-Keys are kept for this person.' },
  'too-many-tickets': { status: 503, says: 'Too many tickets wait to be used.' },
  unexpected: { status: 500, says: 'Something went wrong here; the request id names it in the log.' },
}

/** What a room refuses a person's order with. */
export const ROOM_REFUSALS: readonly string[] = Object.keys(ROOM)
/** What an import is refused with. */
export const IMPORT_REFUSALS: readonly string[] = Object.keys(IMPORT)

/** Every code that a problem may carry. */
export const CODES: Readonly<Record<string, Code>> = {
  ...listed(ROOM, 'The room refuses the order'),
  ...listed(IMPORT, 'The file is not imported'),
  ...OWN,
}

function listed(statuses: Readonly<Record<string, number>>, says: string): Record<string, Code> {
  return Object.fromEntries(
    Object.entries(statuses).map(([code, status]) => [
      code,
      { status, says: `${says}: ${code.replaceAll('-', ' ')}.` },
    ]),
  )
}
