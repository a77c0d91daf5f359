import { ESLint } from 'eslint'
import { describe, expect, it } from 'vitest'
import { fileURLToPath } from 'node:url'
import tseslint from 'typescript-eslint'

// The repository's own configuration, without the rules that need types: the files below exist only here.
const eslint = new ESLint({
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  overrideConfig: [tseslint.configs.disableTypeChecked],
})

async function messages(filePath, code) {
  const [result] = await eslint.lintText(code, { filePath })
  return result.messages.map(({ ruleId }) => ruleId).filter((rule) => rule !== '@typescript-eslint/no-unused-vars')
}

const refused = ['streambed/layers']

describe('the import direction', () => {
  it.each([
    ['examples/a.ts', '@streambed/sdk'],
    ['examples/a.ts', '@streambed/linux'],
    ['packages/sdk/src/a.ts', '@streambed/docker-driver'],
    ['packages/docker-driver/src/a.ts', '@streambed/faucet'],
    ['packages/faucet/src/a.ts', '@streambed/ovs/testing'],
    ['packages/ovs/src/a.ts', '@streambed/linux'],
    ['packages/ovs/src/a.ts', './openflow/match.js'],
    ['packages/ovs/e2e/a.test.ts', '@streambed/ovs'],
    ['packages/ovs/e2e/a.test.ts', '../src/index.js'],
    ['packages/linux/src/a.ts', 'koffi'],
  ])('lets %s import %s', async (file, specifier) => {
    expect(await messages(file, `import * as a from '${specifier}'`)).toEqual([])
  })

  it.each([
    ['packages/linux/src/a.ts', '@streambed/ovs'],
    ['packages/linux/e2e/a.test.ts', '@streambed/sdk'],
    ['packages/ovs/src/a.ts', '@streambed/faucet/testing'],
    ['packages/faucet/src/a.ts', '@streambed/mirror'],
    ['packages/mirror/src/a.ts', '@streambed/sdk'],
    ['packages/docker-driver/src/a.ts', '@streambed/sdk/vitest'],
    ['packages/sdk/src/a.ts', '@streambed/examples'],
    // Its own name, from inside.
    ['packages/sdk/src/a.ts', '@streambed/sdk'],
    // Out of the package by path, in the allowed direction or not.
    ['packages/ovs/src/a.ts', '../../linux/src/index.js'],
    ['packages/ovs/src/a.ts', '../../../scripts/setup.mjs'],
    ['examples/a.ts', '../packages/sdk/src/index.js'],
    // A package that has no place among the layers.
    ['packages/utils/src/a.ts', 'node:fs'],
  ])('refuses that %s imports %s', async (file, specifier) => {
    expect(await messages(file, `import * as a from '${specifier}'`)).toEqual(refused)
  })

  it.each([
    ["export { a } from '@streambed/ovs'"],
    ["export * from '@streambed/ovs'"],
    ["export const a = await import('@streambed/ovs')"],
    ["export type A = import('@streambed/ovs').A"],
    ["import type { A } from '@streambed/ovs'"],
  ])('refuses %s in linux', async (code) => {
    expect(await messages('packages/linux/src/a.ts', code)).toEqual(refused)
  })
})

describe('exports', () => {
  it('refuses a default export', async () => {
    expect(await messages('packages/linux/src/a.ts', 'export default 1')).toEqual(['no-restricted-exports'])
  })
})
