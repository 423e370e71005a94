const TOPIC = /^arn:(aws|aws-cn|aws-us-gov):sns:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?$/

/**
 * The host of a topic's region, made of the ARN's own parts and never of an address that came with a message; null for
 * what is no ARN of a topic.
 */
export function hostOfTopic(arn: string): string | null {
  const match = TOPIC.exec(arn)
  return match ? `sns.${match[2]}.amazonaws.com${match[1] === 'aws-cn' ? '.cn' : ''}` : null
}
