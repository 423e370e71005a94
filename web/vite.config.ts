import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'

const worker = `http://127.0.0.1:${process.env['PORT'] ?? '8787'}`

export default defineConfig({
  root: import.meta.dirname,
  plugins: [solid()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': { target: worker, ws: true } } },
})
