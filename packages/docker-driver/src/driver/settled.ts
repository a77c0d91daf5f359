/** What several steps have come to, when all of them are over: the error of one does not leave others running, which would not be undone. */
export async function settled<T extends readonly unknown[]>(steps: [...T]): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(steps)
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value as unknown
  }) as { -readonly [K in keyof T]: Awaited<T[K]> }
}
