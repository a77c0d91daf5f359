// Writes src/openflow/message.golden.ts: what `ovs-ofctl ofp-print` says about the messages of message.samples.ts.
// Run it in this package after the samples have changed: node scripts/message-golden.mjs
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const packageDirectory = fileURLToPath(new URL('..', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'message-golden-'))
try {
  const outfile = join(directory, 'samples.mjs')
  const stdin = {
    contents: "export { messageSamples } from './message.samples.js'; export { encodeMessage } from './message.js'",
    resolveDir: join(packageDirectory, 'src/openflow'),
  }
  await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile })
  const { messageSamples, encodeMessage } = await import(pathToFileURL(outfile).href)
  const [version] = execFileSync('ovs-ofctl', ['--version'], { encoding: 'utf8' }).split('\n')
  const refused = []
  const lines = Object.entries(messageSamples).map(([name, sample]) => {
    const hex = Buffer.from(encodeMessage(sample)).toString('hex')
    const text = execFileSync('ovs-ofctl', ['ofp-print', hex], { encoding: 'utf8' }).trimEnd()
    if (text.includes('***decode error')) refused.push(`${name}: ${text}`)
    return `  ${literal(name)}: {\n    hex: ${literal(hex)},\n    text: ${literal(text)},\n  },\n`
  })
  if (refused.length > 0) throw new Error(refused.join('\n'))
  const comment = `/** The messages of \`messageSamples\`, and what \`ovs-ofctl ofp-print\` says about them: ${version}. */`
  const type = 'Readonly<Record<string, { readonly hex: string; readonly text: string }>>'
  const text = `// Made by scripts/message-golden.mjs\n\n${comment}\nexport const messageGoldens: ${type} = {\n${lines.join('')}}\n`
  writeFileSync(join(packageDirectory, 'src/openflow/message.golden.ts'), text)
} finally {
  rmSync(directory, { recursive: true })
}

/** A string literal with single quotes. */
function literal(text) {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
