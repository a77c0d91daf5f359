/** The agent's own folder, on a tmpfs that only its mount namespace has: it is gone with the agent. */
export const AGENT_DIRECTORY = '/run/streambed'
