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
          include: ['test/{core,protocol,scenarios,sim,bridge,engines}/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: { bindings: { IC_MODE: 'development' } },
          }),
        ],
        test: { name: 'worker', include: ['test/{room,worker}/**/*.test.ts'], testTimeout: 30_000 },
      },
      { plugins: [solid()], test: { name: 'web', environment: 'jsdom', include: ['test/web/**/*.test.tsx'] } },
    ],
  },
})
