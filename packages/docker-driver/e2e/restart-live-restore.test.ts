import { policies } from './world/policies.js'
import { restartRounds } from './world/restart-rounds.js'

restartRounds(policies.liveRestore)
