import { cloudflareTest } from '@cloudflare/vitest-plugin'
import solid from 'vite-plugin-solid'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'tidy', environment: 'node', include: ['test/tidy.test.ts'] } },
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/{core,protocol,scenarios,sim,bridge,engines,faults,contract}/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: { IC_MODE: 'development', IC_FUZZ: process.env['IC_FUZZ'] ?? '' },
              // A private network with an Alertmanager in it, as a tunnel's binding reaches it.
              serviceBindings: { OFFICE_NET: async (request: Request) => office(request.url) },
            },
          }),
        ],
        test: {
          name: 'worker',
          include: ['test/{room,worker}/**/*.test.ts'],
          globalSetup: ['test/contract/aws/global-setup.ts'],
          testTimeout: 30_000,
        },
      },
      // Starts real servers, browsers and clients and kills some: `npm test` runs its files one after another.
      {
        test: {
          name: 'ground',
          environment: 'node',
          include: ['test/{e2e,clients,crash,load,cli}/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
      // Needs packages of its own (`npm ci --prefix infra`): `npm test` leaves it out, and says so, where they are not there.
      { test: { name: 'infra', environment: 'node', include: ['test/infra/**/*.test.ts'], testTimeout: 60_000 } },
      { plugins: [solid()], test: { name: 'web', environment: 'jsdom', include: ['test/web/**/*.test.tsx'] } },
    ],
  },
})

function office(url: string): Response {
  const alert = { fingerprint: '00000000000000bb', labels: { alertname: 'Inside', service: 'office' } }
  if (url !== 'http://alertmanager.internal:9093/api/v2/alerts') return new Response('no such host', { status: 502 })
  return new Response(JSON.stringify([{ ...alert, status: { state: 'active' } }]))
}
