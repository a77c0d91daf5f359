import { expect, it } from 'vitest'
import { rounds } from './campaign.js'
import { runCampaign } from './replica-campaign.js'

it(
  'OvsdbReplica loses no event and makes none up in a cluster of which the leader is killed',
  async () => expect(await runCampaign(3, rounds(6, 200))).toMatchObject({ failures: [] }),
  rounds(90_000, 1_800_000),
)
