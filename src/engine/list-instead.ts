/** From so many calls on, one listing of what lies together may be cheaper than asking for each item. */
const WORTH_A_TRY_FROM = 4;

const ROWS_PER_CALL = 1_000;

/**
 * Reads a listing in place of `calls` calls that ask for what is wanted, where that may be cheaper. It gives up once the
 * listing has cost as many calls: whoever else writes there may have written more than is wanted.
 *
 * @param isEnough ends the listing once nothing more is wanted
 * @returns whether the listing was read as far as was wanted
 */
export async function listInstead<Item>(
  calls: number,
  listing: () => AsyncIterable<Item>,
  onItem: (item: Item) => void,
  isEnough = () => false,
): Promise<boolean> {
  if (calls < WORTH_A_TRY_FROM) return false;
  let rows = 0;
  for await (const item of listing()) {
    rows += 1;
    if (rows > calls * ROWS_PER_CALL) return false;
    onItem(item);
    if (isEnough()) return true;
  }
  return true;
}
