import { policies } from './world/policies.js'
import { restartOrder } from './world/restart-order.js'

restartOrder(policies.always)
