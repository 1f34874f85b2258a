/** Runs a curl line as ICA's page prints it, against another server and with a key that is good. */

/** @param places what stands in the line for what the reader has to fill in, such as `<PROJECT_ID>` */
export function curl(line: string, server: string, places: Record<string, string>): Promise<Response> {
  const filled = Object.entries(places).reduce((text, [place, value]) => text.replaceAll(place, value), line);
  const url = /'((?:https:|<SERVER>)[^']*)'/.exec(filled)?.[1];
  if (url === undefined) throw new Error(`no address in ${line}`);
  const headers = [...filled.matchAll(/-H '([^:']+): ([^']+)'/g)].map(([, name = "", value = ""]) => [name, value]);
  const method = /-X '(\w+)'/.exec(filled)?.[1] ?? "GET";
  const address = url.replace(/^(?:https:\/\/ica\.illumina\.com|<SERVER>)\/ica\/rest/, server);
  return fetch(address, { method, headers: Object.fromEntries(headers) as Record<string, string> });
}

/** The page of an answer, as the page describes it. */
export interface Page<Row = { id: string; name: string; reference: string }> {
  items: Row[];
  nextPageToken?: string | null;
  remainingRecords?: number | null;
  totalItemCount?: number | null;
}

export async function pageOf<Row = Page["items"][number]>(answer: Response): Promise<Page<Row>> {
  if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Page<Row>;
}
