import * as budgets from 'aws-cdk-lib/aws-budgets'
import type * as sns from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import type { Settings } from '../settings.ts'

/**
 * A month's costs of the whole account: AWS bills third-party models under names of their own, so that a budget by service
 * would miss the dearest part. Warns at 80 % spent and when 100 % is forecast, by mail, else by the topic.
 */
export function budget(scope: Construct, settings: Settings, topic: sns.Topic): budgets.CfnBudget {
  const { email, stage, budgetUsd } = settings
  const subscribers = [
    email === null
      ? { subscriptionType: 'SNS', address: topic.topicArn }
      : { subscriptionType: 'EMAIL', address: email },
  ]
  return new budgets.CfnBudget(scope, 'Budget', {
    budget: {
      budgetName: `incident-commander-${stage}`,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount: budgetUsd, unit: 'USD' },
    },
    notificationsWithSubscribers: [warning('ACTUAL', 80), warning('FORECASTED', 100)].map((notification) => ({
      notification,
      subscribers,
    })),
  })
}

function warning(notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) {
  return { notificationType, threshold, thresholdType: 'PERCENTAGE', comparisonOperator: 'GREATER_THAN' }
}
