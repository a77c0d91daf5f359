import fc from 'fast-check'
import type { FaucetConfig } from '../config/model.js'
import type { ConfigMapping, ConfigValue } from '../edit/value.js'

/** Text that is easily misread in YAML, besides any text. For tests only. */
const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('0e:00:00:00:00:01', 'yes', 'no', 'null', '~', '0x10', '1_000', '010', '1e3', '2001-12-14', '12:34:56', ''),
  fc.constantFrom('a: b', 'a #b', '- a', '{a}', '[a', '*a', '&a', '!a', '%a', '@a', '`a', '"', "'", '<<', '=', '...', '---'),
  fc.constantFrom(' a', 'a ', 'a  b', 'a\nb', '\ta', '10.0.0.0/8', '::1', '\u0085', '\u2028', '\ufeff', '\x7f', '🦆', '.inf'),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.stringMatching(/^[a-z][a-z0-9_ -]{0,9}$/),
)

const scalar: fc.Arbitrary<ConfigValue> = fc.oneof(
  text,
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.double().map((value) => (Object.is(value, -0) ? 0 : value)),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
)

const key: fc.Arbitrary<string> = fc.oneof(text, fc.nat(50).map(String), fc.constantFrom('a', 'b', 'c', '__proto__', 'toString'))

const { value } = fc.letrec<{ value: ConfigValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }).map((entries) => Object.fromEntries(Object.entries(entries))),
  ),
}))

/** Any value of YAML that a configuration file may have, of Faucet or not. For tests only. */
export const anyConfigValue: fc.Arbitrary<ConfigValue> = value

/** Any mapping as a configuration, with sections as Faucet has them and values that it would refuse. For tests only. */
export const anyConfig: fc.Arbitrary<FaucetConfig> = fc
  .record(
    {
      vlans: fc.dictionary(key, fc.dictionary(key, value, { maxKeys: 3 }), { maxKeys: 3 }),
      acls: fc.dictionary(key, fc.array(fc.dictionary(key, value, { maxKeys: 3 }), { maxLength: 4 }), { maxKeys: 3 }),
      dps: fc.dictionary(
        key,
        fc.record(
          {
            dp_id: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((id) => (id < 2n ** 53n ? Number(id) : id)),
            interfaces: fc.dictionary(key, fc.dictionary(key, value, { maxKeys: 3 }), { maxKeys: 4 }),
            stack: value,
            port_table_scale_factor: fc.constantFrom(1, 0.5, 2),
          },
          { requiredKeys: [] },
        ),
        { maxKeys: 3 },
      ),
      other: value,
      routers: value,
    },
    { requiredKeys: [] },
  )
  .map((config) => config as unknown as ConfigMapping as FaucetConfig)
