import type { AddressInfo } from 'node:net'
import dynalite from 'dynalite'
import { onTestFinished } from 'vitest'

/** A DynamoDB that keeps items in memory, for one test; its address is a fake's `dynamodb`. */
export async function emptyDynamodb(): Promise<string> {
  const server = dynalite({ createTableMs: 0 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
