import { expect, test } from 'vitest'
import { redact } from '../../worker/redact.ts'

test('[SE7] tokens are taken out of what is logged', () => {
  const secrets = [
    'Bearer canary-1',
    'bearer  canary-2',
    'Basic Y2FuYXJ5',
    'ict_abc123_metrics_canary3',
    'ic.token.Y2FuYXJ5NA',
  ]
  const clean = redact(`failed: ${secrets.join(', ')} at line 5`)
  expect(clean).not.toMatch(/canary|Y2FuYXJ5/)
  expect(clean).toContain('failed: [redacted]')
  expect(clean).toContain('at line 5')
})
