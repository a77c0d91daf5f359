/** What an operator of dovesnap has in faucet.yaml: two ACLs and one that limits the rate. */
export const aclsYaml = `meters:
  lossymeter:
    meter_id: 1
    entry:
      flags: KBPS
      bands:
        - {type: DROP, rate: 100}
acls:
  ratelimitit:
    - rule:
        actions:
          meter: lossymeter
          allow: 1
  denyall:
    - rule:
        actions:
          allow: 0
  allowall:
    - rule:
        actions:
          allow: 1
`
