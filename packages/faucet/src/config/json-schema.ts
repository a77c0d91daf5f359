import {
  actionOptions, aclOptions, ctOptions, natOptions, outputOptions, ruleOptions,
} from './acl-options.js'
import { hardwareNames } from './check-dp.js'
import type { OptionSpec, OptionTable, OptionType } from './option.js'
import {
  bgpOptions, coprocessorOptions, dpBeaconOptions, dpDot1xOptions, dpOptions, meterOptions, orgTlvOptions,
  portBeaconOptions, portOptions, portStackOptions, routerOptions, stackOptions, tableSizeOptions, vlanOptions,
} from './options.js'

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>

const jsonTypes: Readonly<Record<OptionType, string>> = {
  int: 'integer',
  str: 'string',
  bool: 'boolean',
  float: 'number',
  list: 'array',
  dict: 'object',
}

const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` })
const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items })
const byName = (item: JsonSchema): JsonSchema => ({ type: 'object', additionalProperties: item })
const nameOrNumber: JsonSchema = { type: ['string', 'integer'] }
const names = listOf(nameOrNumber)
const addresses = listOf({ type: 'string' })

function optionSchema(spec: OptionSpec): JsonSchema {
  const types = (typeof spec.type === 'string' ? [spec.type] : spec.type).map((type) => jsonTypes[type])
  return {
    type: types.length === 1 ? types[0] : types,
    ...(spec.doc === undefined ? {} : { description: spec.doc }),
    ...(spec.default === undefined ? {} : { default: spec.default }),
    ...(spec.min === undefined ? {} : { minimum: spec.min }),
    ...(spec.max === undefined ? {} : { maximum: Number(spec.max) }),
  }
}

// Where the type of an option is known more closely than the table has it, `parts` adds to it.
function tableSchema(table: OptionTable, parts: Readonly<Record<string, JsonSchema>> = {}, required?: string[]): JsonSchema {
  const properties = Object.entries(table).map(([name, spec]) => [name, { ...optionSchema(spec), ...parts[name] }])
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as Record<string, JsonSchema>,
    additionalProperties: false,
    ...(required ? { required } : {}),
  }
}

/**
 * A JSON Schema (2020-12) of faucet.yaml for editors, made from the tables that the validation uses. It knows options,
 * types and limits; what depends on several options or on references only the validation knows.
 */
export const faucetJsonSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Faucet configuration',
  type: 'object',
  properties: {
    version: { const: 2 },
    include: listOf({ type: 'string' }),
    'include-optional': listOf({ type: 'string' }),
    acls: byName(ref('acl')),
    dps: byName(ref('dp')),
    meters: byName(ref('meter')),
    routers: byName(ref('router')),
    vlans: byName({ anyOf: [ref('vlan'), { type: 'null' }] }),
  },
  additionalProperties: false,
  $defs: {
    dp: tableSchema(
      dpOptions,
      {
        interfaces: byName(ref('interface')),
        interface_ranges: byName(ref('interface')),
        hardware: { enum: hardwareNames },
        stack: tableSchema(stackOptions),
        lldp_beacon: tableSchema(dpBeaconOptions),
        dot1x: tableSchema(dpDot1xOptions),
        table_sizes: tableSchema(tableSizeOptions),
        dp_acls: names,
      },
      ['dp_id'],
    ),
    interface: tableSchema(portOptions, {
      mirror: { type: ['array', 'string', 'integer'], items: nameOrNumber },
      tagged_vlans: names,
      acls_in: names,
      stack: tableSchema(portStackOptions, {}, ['dp', 'port']),
      lldp_beacon: tableSchema(portBeaconOptions, {
        org_tlvs: listOf(tableSchema(orgTlvOptions, {}, Object.keys(orgTlvOptions))),
      }),
      coprocessor: tableSchema(coprocessorOptions, { strategy: { const: 'vlan_vid' } }, ['strategy']),
    }),
    vlan: tableSchema(vlanOptions, {
      acls_in: names,
      acls_out: names,
      faucet_vips: addresses,
      routes: listOf({
        anyOf: [ref('route'), { type: 'object', properties: { route: ref('route') }, required: ['route'] }],
      }),
    }),
    route: {
      type: 'object',
      properties: { ip_dst: { type: 'string' }, ip_gw: { type: 'string' } },
      required: ['ip_dst', 'ip_gw'],
    },
    acl: {
      anyOf: [listOf(ref('entry')), tableSchema(aclOptions, { rules: listOf(ref('entry')) }, ['rules'])],
    },
    entry: { anyOf: [{ type: 'object', properties: { rule: ref('rule') }, required: ['rule'] }, ref('rule')] },
    rule: tableSchema(ruleOptions, { actions: ref('actions') }),
    actions: tableSchema(actionOptions, {
      allow: { type: ['integer', 'boolean'] },
      force_port_vlan: { type: ['integer', 'boolean'] },
      output: { anyOf: [ref('output'), listOf(ref('output'))] },
      ct: tableSchema(ctOptions, { nat: tableSchema(natOptions) }),
    }),
    output: tableSchema(outputOptions, {
      ports: names,
      pop_vlans: { type: ['integer', 'boolean'] },
      set_fields: listOf({ type: 'object', minProperties: 1, maxProperties: 1 }),
    }),
    router: tableSchema(routerOptions, {
      vlans: names,
      bgp: tableSchema(bgpOptions, { neighbor_addresses: addresses, server_addresses: addresses }),
    }),
    meter: tableSchema(
      meterOptions,
      {
        entry: {
          type: 'object',
          properties: { flags: { type: ['string', 'array'] }, bands: listOf({ type: 'object' }) },
          required: ['flags', 'bands'],
        },
      },
      ['meter_id', 'entry'],
    ),
  },
}
