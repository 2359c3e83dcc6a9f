/** What `known` has for a key; what it has not is computed and kept there. */
export function remember<Key, Value>(
  known: { get(key: Key): Value | undefined; set(key: Key, value: Value): unknown },
  key: Key,
  compute: () => Value,
): Value {
  let value = known.get(key)
  if (value === undefined) {
    value = compute()
    known.set(key, value)
  }
  return value
}
