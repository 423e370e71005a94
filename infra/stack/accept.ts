import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** Takes a resource with a wildcard in a role's policy as it is, and says why. `named` is how the rule writes the resource. */
export function accept(role: IConstruct, named: string, reason: string): void {
  acceptRule(role, `AwsSolutions-IAM5[Resource::${named}]`, reason)
}

/** Takes one finding of one rule as it is, and says why. */
export function acceptRule(scope: IConstruct, id: string, reason: string): void {
  Validations.of(scope).acknowledge({ id, reason })
}
