/** A file's text, by Vite. */
declare module '*?raw' {
  const text: string
  export default text
}

/** Files by a pattern, by Vite. */
interface ImportMeta {
  glob<T>(pattern: string, options: { query: '?raw'; import: 'default'; eager: true }): Record<string, T>
}
