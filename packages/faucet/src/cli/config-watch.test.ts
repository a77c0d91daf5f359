import { expect, it } from 'vitest'
import { ConfigWatch } from './config-watch.js'

it('knows when a file says something else than when it was loaded', () => {
  const texts: Record<string, string | undefined> = { a: 'one', b: undefined }
  let touched = 0
  const watch = new ConfigWatch((name) => texts[name], (name) => `${name} ${String(touched)}`)
  expect([watch.contentChanged(), watch.touched()]).toEqual([true, false])
  watch.loaded([{ name: 'a', text: 'one' }, { name: 'b', text: undefined }])
  expect([watch.contentChanged(), watch.touched()]).toEqual([false, false])
  // Touched, but the same.
  touched++
  expect([watch.contentChanged(), watch.touched()]).toEqual([false, false])
  // A file that was optional is there now.
  texts.b = 'two'
  touched++
  expect([watch.contentChanged(), watch.touched(), watch.touched()]).toEqual([true, true, false])
  watch.loaded([{ name: 'a', text: 'one' }, { name: 'b', text: 'two' }])
  texts.a = undefined
  expect(watch.contentChanged()).toBe(true)
})
