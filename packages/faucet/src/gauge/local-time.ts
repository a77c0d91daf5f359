const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A time as Faucet writes it into its logs: `Nov 21 14:50:24`, in the time zone of the process. @param seconds since 1970 */
export function localTime(seconds: number): string {
  const date = new Date(seconds * 1000)
  const [hour, minute, second] = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0'))
  return `${months[date.getMonth()] ?? ''} ${String(date.getDate()).padStart(2, '0')} ${hour ?? ''}:${minute ?? ''}:${second ?? ''}`
}
