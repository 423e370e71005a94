import { Duration } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { AUDIENCE, type BridgeFunction, subjectOf } from '../names.ts'
import type { Settings } from '../settings.ts'

/** STS's longest session of a role that nobody widened, and the shortest that a role can be given as its longest. */
const SESSION = Duration.hours(1)

/**
 * The Worker as an identity provider of this account: no key of AWS is stored anywhere. IAM fetches the Worker's
 * `/.well-known/openid-configuration` when this is made, so the Worker stands first. No thumbprint: its certificate is a
 * public one.
 */
export function issuer(scope: Construct, { host }: Settings): iam.OidcProviderNative {
  return new iam.OidcProviderNative(scope, 'Issuer', { url: `https://${host}`, clientIds: [AUDIENCE] })
}

/** A role that only the Worker's token for this function of this stage may take. It may nothing until it is given something. */
export function workerRole(
  scope: Construct,
  provider: iam.OidcProviderNative,
  { host, stage }: Settings,
  name: BridgeFunction,
): iam.Role {
  return new iam.Role(scope, `Role-${name}`, {
    description: `Incident Commander ${stage}: ${name}`,
    maxSessionDuration: SESSION,
    assumedBy: new iam.WebIdentityPrincipal(provider.oidcProviderArn, {
      StringEquals: { [`${host}:aud`]: AUDIENCE, [`${host}:sub`]: subjectOf(stage, name) },
    }),
  })
}
