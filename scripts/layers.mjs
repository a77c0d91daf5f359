// The import direction between the packages, as a rule for eslint. A package imports only what stands to its right.
import { dirname, relative, resolve, sep } from 'node:path'

export const layers = ['examples', 'sdk', 'docker-driver', 'mirror', 'faucet', 'ovs', 'linux']

/** The eslint rule. `root` is the folder of the repository. */
export function layersRule(root) {
  return {
    meta: {
      type: 'problem',
      schema: [],
      messages: {
        direction: `'{{from}}' may not import '{{to}}', only what is to its right in ${layers.join(' -> ')}.`,
        leaves: "A relative import may not leave the package; import '@streambed/…' instead.",
        unknown: "'{{from}}' is not one of the layers; give it a place in scripts/layers.mjs.",
      },
    },
    create(context) {
      const home = locate(root, context.filename)
      if (!home) return {}
      const at = layers.indexOf(home.layer)
      if (at < 0) {
        const data = { from: home.layer }
        return { Program: (node) => context.report({ node, messageId: 'unknown', data }) }
      }
      const check = (node) => {
        const specifier = node?.value
        if (typeof specifier !== 'string') return
        if (specifier.startsWith('.')) {
          const target = locate(root, resolve(dirname(context.filename), specifier))
          // End-to-end tests share what starts real daemons.
          if (home.folder === 'e2e' && target?.folder === 'e2e' && layers.indexOf(target.layer) > at) return
          if (target?.layer !== home.layer) context.report({ node, messageId: 'leaves' })
          return
        }
        const [, name] = /^@streambed\/([^/]+)/.exec(specifier) ?? []
        if (name === undefined) return
        // End-to-end tests use their own package as its users do: by name, from `dist`.
        if (name === home.layer && home.folder === 'e2e') return
        if (layers.indexOf(name) > at) return
        context.report({ node, messageId: 'direction', data: { from: home.layer, to: name } })
      }
      return {
        ImportDeclaration: (node) => check(node.source),
        ExportNamedDeclaration: (node) => check(node.source),
        ExportAllDeclaration: (node) => check(node.source),
        ImportExpression: (node) => check(node.source),
        TSImportType: (node) => check(node.source ?? node.argument?.literal),
        TSExternalModuleReference: (node) => check(node.expression),
        'CallExpression[callee.name="require"]': (node) => check(node.arguments[0]),
      }
    },
  }
}

/** The layer that a file belongs to, and the folder inside that package; undefined for files at the root. */
function locate(root, file) {
  const [top, ...rest] = relative(root, file).split(sep)
  if (top === 'examples') return { layer: top, folder: rest[0] }
  if (top === 'packages') return { layer: rest[0], folder: rest[1] }
  return undefined
}
